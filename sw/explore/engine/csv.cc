#include "sw/explore/engine/csv.h"

#include "sw/base/output_file.h"

namespace systole::explore {
namespace {

void AppendCells(const std::vector<std::string>& cells, std::string* line) {
  for (size_t c = 0; c < cells.size(); ++c) {
    if (c) *line += ',';
    if (cells[c].find_first_of(",\"\n") == std::string::npos) {
      *line += cells[c];
      continue;
    }
    *line += '"';
    for (const char ch : cells[c]) *line += ch == '"' ? "\"\"" : std::string(1, ch);
    *line += '"';
  }
  *line += '\n';
}

}  // namespace

void WriteCsv(const Store& store, const std::string& path) {
  OutputFile file(path);
  std::string text;
  AppendCells(store.Columns(), &text);
  store.ForEachText([&](const std::vector<std::string>& cells) {
    AppendCells(cells, &text);
    if (text.size() < 1 << 16) return;
    file.Write(text);
    text.clear();
  });
  file.Write(text);
  file.Close(OutputFile::Sync::kDurable);
}

}  // namespace systole::explore
