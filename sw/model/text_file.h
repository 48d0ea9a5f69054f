// White-space separated text files: lines of words, and words as numbers. Everything after '#' is a
// comment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole {

struct TextLine {
  int number = 0;  // from 1
  std::vector<std::string> words;
};

// The lines that hold words. Throws InputError if the file cannot be read.
std::vector<TextLine> ReadTextLines(const std::string& path);

// Throws InputError "<path>: line <number>: <what>".
[[noreturn]] void RefuseLine(const std::string& path, int number, const std::string& what);

// A decimal integer in lo..hi.
int64_t TextInteger(const std::string& path, int number, const std::string& word, int64_t lo,
                    int64_t hi);

// A finite decimal number; the scale of a tensor is read in single precision.
double TextReal(const std::string& path, int number, const std::string& word);
float TextScale(const std::string& path, int number, const std::string& word);

// All words of the file as integers in lo..hi; there must be `count` of them (what: "weights of 6 x
// 1 x 5 x 5").
std::vector<int64_t> ReadTextIntegers(const std::string& path, int64_t count, int64_t lo,
                                      int64_t hi, const std::string& what);

}  // namespace systole
