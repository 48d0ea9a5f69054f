# cmake -DOUT= -DD3= -DSCRIPTS= -DSTYLE= -DLICENSE= -P page_assets.cmake: the files as functions
# that return strings. Bytes, because string literals have a limit in some compilers.
function(string_function name)
  set(text "")
  foreach(file ${ARGN})
    file(READ ${file} hex HEX)
    string(APPEND text "${hex}")
  endforeach()
  string(LENGTH "${text}" length)
  math(EXPR bytes "${length} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${text}")
  string(REGEX REPLACE "((0x..,){24})" "\\1\n" array "${array}")
  file(APPEND ${OUT}.new "const std::string& ${name}() {
  static const unsigned char bytes[] = {
${array}
  };
  static const std::string text(reinterpret_cast<const char*>(bytes), ${bytes});
  return text;
}
")
endfunction()

file(WRITE ${OUT}.new
     "#include \"sw/explore/page/page_assets.h\"\n\nnamespace systole::explore {\n")
string_function(PageScript ${SCRIPTS})
string_function(PageStyle ${STYLE})
string_function(PageD3 ${D3})
string_function(PageD3License ${LICENSE})
file(APPEND ${OUT}.new "}  // namespace systole::explore\n")
file(RENAME ${OUT}.new ${OUT})
