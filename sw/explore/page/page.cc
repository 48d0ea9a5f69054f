#include "sw/explore/page/page.h"

#include <ostream>

#include "sw/explore/page/page_assets.h"

namespace systole::explore {
namespace {

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// "<" could end the element that holds the data; within JSON's strings it can be spelled otherwise.
std::string WithoutTags(const std::string& json) {
  std::string safe;
  safe.reserve(json.size());
  for (char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

void WritePage(std::ostream& out, const PageData& data, const PageOptions& options) {
  const std::string json = PageJson(data, options);
  out << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'; "
         "script-src 'unsafe-inline'; img-src data:\">\n"
      << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      << "<title>" << Escaped(data.title) << "</title>\n<style>\n"
      << PageStyle() << "</style>\n</head>\n<body>\n<main id=\"page\"></main>\n"
      << "<noscript>The tables and plots of this page are drawn by the script it contains; allow "
         "it to "
         "run.</noscript>\n"
      << "<script type=\"application/json\" id=\"data\">" << WithoutTags(json) << "</script>\n"
      << "<!--\n"
      << PageD3License() << "-->\n<script>" << PageD3() << "</script>\n"
      << "<script>\n"
      << PageScript() << "</script>\n</body>\n</html>\n";
}

}  // namespace systole::explore
