#include "sw/model/npy.h"

#include <fmt/format.h>

#include <cassert>
#include <cstring>
#include <string_view>

#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/model/bytes.h"

namespace systole {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicBytes = 6;
constexpr size_t kMaxDimensions = 32;

struct TypeCode {
  NpyType type;
  const char* descr;
  int bytes;
  const char* name;
};
constexpr TypeCode kTypes[] = {{NpyType::kUint8, "|u1", 1, "uint8"},
                               {NpyType::kInt8, "|i1", 1, "int8"},
                               {NpyType::kInt32, "<i4", 4, "int32"},
                               {NpyType::kFloat32, "<f4", 4, "float32"}};

// The header is a Python dictionary literal with the keys descr, fortran_order and shape in any
// order.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyArray Parse() {
    NpyArray array;
    bool descr = false, order = false, shape = false;
    Expect('{');
    while (!Accept('}')) {
      const std::string key = String();
      Expect(':');
      if (key == "descr" && !descr) {
        array.type = Type(String());
        descr = true;
      } else if (key == "fortran_order" && !order) {
        if (!Accept("False"))
          Refuse(Accept("True") ? "Fortran order; save it in C order" : "fortran_order is no bool");
        order = true;
      } else if (key == "shape" && !shape) {
        array.shape = Shape();
        shape = true;
      } else {
        Refuse(fmt::format("key '{}' is unexpected", key));
      }
      if (!Accept(',')) {
        Expect('}');
        break;
      }
    }
    SkipSpace();
    if (at_ != text_.size()) Refuse("text follows the dictionary");
    if (!descr || !order || !shape) Refuse("a key is missing (descr, fortran_order, shape)");
    return array;
  }

 private:
  [[noreturn]] void Refuse(const std::string& what) const {
    throw InputError(fmt::format("{}: header, character {}: {}", name_, at_, what));
  }
  void SkipSpace() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool Accept(std::string_view word) {
    SkipSpace();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool Accept(char c) { return Accept(std::string_view(&c, 1)); }
  void Expect(char c) {
    if (!Accept(c)) Refuse(fmt::format("'{}' is missing", c));
  }
  std::string String() {
    SkipSpace();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"'))
      Refuse("a quoted word is missing");
    const size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos || end - at_ > 64) Refuse("a quoted word does not end");
    const std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }
  NpyType Type(const std::string& descr) const {
    for (const TypeCode& code : kTypes) {
      if (descr == code.descr) return code.type;
      if (code.bytes == 1 && descr.size() == 3 && descr.substr(1) == code.descr + 1 &&
          std::strchr("<>=|", descr[0]) != nullptr) {
        return code.type;
      }
    }
    Refuse(fmt::format("element type '{}'; uint8, int8, int32 and float32 (little-endian) are read",
                       descr));
  }
  std::vector<int64_t> Shape() {
    std::vector<int64_t> shape;
    Expect('(');
    while (!Accept(')')) {
      shape.push_back(Length());
      if (shape.size() > kMaxDimensions) Refuse("too many dimensions");
      if (!Accept(',')) {
        Expect(')');
        break;
      }
    }
    return shape;
  }
  int64_t Length() {
    SkipSpace();
    int64_t value = 0;
    const size_t start = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + (text_[at_] - '0');
      if (value > kMaxFileBytes) Refuse("a dimension is too large");
    }
    if (at_ == start) Refuse("a dimension is not a number");
    return value;
  }

  std::string_view text_;
  const std::string& name_;
  size_t at_ = 0;
};

}  // namespace

int64_t NpyArray::Elements() const {
  int64_t elements = 1;
  for (int64_t length : shape) elements *= length;
  return elements;
}

int ElementBytes(NpyType type) { return kTypes[static_cast<int>(type)].bytes; }
const char* NpyTypeName(NpyType type) { return kTypes[static_cast<int>(type)].name; }

NpyArray ParseNpy(const uint8_t* data, size_t size, const std::string& name) {
  if (size < 10 || std::memcmp(data, kMagic, kMagicBytes) != 0) {
    throw InputError(fmt::format("{}: byte 0: is not an .npy file", name));
  }
  const int version = data[6];
  if (version < 1 || version > 3)
    throw InputError(fmt::format("{}: byte 6: version {} is not 1 to 3", name, version));
  const size_t prefix = version == 1 ? 10 : 12;
  if (size < prefix) throw InputError(fmt::format("{}: ends inside the header", name));
  size_t length = data[8] | size_t{data[9]} << 8;
  if (version > 1) length |= size_t{data[10]} << 16 | size_t{data[11]} << 24;
  if (size - prefix < length)
    throw InputError(fmt::format("{}: ends inside the header of {} bytes", name, length));

  NpyArray array =
      HeaderParser({reinterpret_cast<const char*>(data) + prefix, length}, name).Parse();
  int64_t want = ElementBytes(array.type);
  for (int64_t dimension : array.shape) {
    want *= dimension;  // both factors are at most 2^31 * 4
    if (want > kMaxFileBytes)
      throw InputError(fmt::format("{}: its shape exceeds {} bytes", name, kMaxFileBytes));
  }
  const size_t body = size - prefix - length;
  if (static_cast<int64_t>(body) != want) {
    throw InputError(
        fmt::format("{}: its shape needs {} bytes, but {} follow the header", name, want, body));
  }
  array.bytes.assign(data + prefix + length, data + size);
  return array;
}

NpyArray ReadNpy(const std::string& path) {
  const std::vector<uint8_t> bytes = ReadFile(path);
  return ParseNpy(bytes.data(), bytes.size(), path);
}

std::vector<uint8_t> FormatNpy(const NpyArray& array) {
  assert(static_cast<int64_t>(array.bytes.size()) == array.Elements() * ElementBytes(array.type));
  std::string shape;
  for (int64_t length : array.shape) shape += fmt::format("{}, ", length);
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);  // (2, 3), but (2,)
  if (array.shape.size() == 1) shape.resize(shape.size() - 1);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   kTypes[static_cast<int>(array.type)].descr, shape);
  const size_t prefix = 10;
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  std::string start(kMagic, kMagicBytes);
  start += {1, 0, static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  start += header;
  std::vector<uint8_t> file(start.begin(), start.end());
  file.insert(file.end(), array.bytes.begin(), array.bytes.end());
  return file;
}

void WriteNpy(const std::string& path, const NpyArray& array) {
  const std::vector<uint8_t> bytes = FormatNpy(array);
  WriteFile(path, bytes.data(), bytes.size());
}

}  // namespace systole
