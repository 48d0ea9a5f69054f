// Files that are part of every page, as strings; made from page*.js, page.css and d3 when the
// program is built.
#pragma once

#include <string>

namespace systole::explore {

const std::string& PageScript();
const std::string& PageStyle();
const std::string& PageD3();
const std::string& PageD3License();

}  // namespace systole::explore
