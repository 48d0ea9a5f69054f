#include "tests/scalesim/naive_model.h"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace systole::scalesim {
namespace {

using Row = std::vector<int64_t>;
using Matrix = std::vector<Row>;

int64_t Up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// `height` x `width` of -1, then element (i, j) = at(i, j) for i < rows, j < cols.
Matrix Filled(int64_t height, int64_t width, int64_t rows, int64_t cols,
              const std::function<int64_t(int64_t, int64_t)>& at) {
  Matrix m(height, Row(width, -1));
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < cols; ++j) m[i][j] = at(i, j);
  }
  return m;
}

// Rows of nothing before and after, column j moved down by j.
void Append(const Matrix& block, int64_t before, int64_t length, bool skewed, Matrix* demand) {
  const size_t first = demand->size();
  demand->resize(first + length, Row(block[0].size(), -1));
  for (size_t i = 0; i < block.size(); ++i) {
    for (size_t j = 0; j < block[i].size(); ++j) {
      if (block[i][j] != -1) (*demand)[first + before + i + (skewed ? j : 0)][j] = block[i][j];
    }
  }
}

Row AntiDiagonals(const Matrix& m) {
  Row list;
  const int64_t rows = m.size(), cols = m[0].size();
  for (int64_t d = 0; d < rows + cols; ++d) {
    for (int64_t r = std::min(d, rows - 1); r >= std::max<int64_t>(0, d - cols + 1); --r)
      list.push_back(m[r][d - r]);
  }
  return list;
}

Row RowByRow(const Matrix& m) {
  Row list;
  for (const Row& r : m) list.insert(list.end(), r.begin(), r.end());
  return list;
}

void Stack(const Matrix& block, Matrix* all) {
  all->insert(all->end(), block.begin(), block.end());
}

struct CalcBuffer {
  explicit CalcBuffer(int64_t words) : set_words(words / 100) {}

  int64_t set_words;
  int64_t first = -1, last_boundary = -1;
  int64_t reads = 0, start = 0, stop = 0;
  std::set<int64_t> held;
  bool any_boundary = false;

  void Serve(const Row& line, int64_t cycle) {
    for (int64_t a : line) {
      if (a == -1) continue;
      if (first < 0) first = cycle;
      if (!held.insert(a).second) continue;
      ++reads;
      if (static_cast<int64_t>(held.size()) == 50 * set_words) {
        held.clear();
        any_boundary = true;
        last_boundary = cycle;
      }
    }
  }
  void Finish() {
    if (any_boundary) {
      start = first - 2 - Up(50 * set_words, 10) + 2;
      stop = last_boundary + 1;
    } else {
      start = -Up(Up(reads, set_words) * set_words, 10);
      stop = -1;
    }
  }
};

struct UserBuffer {
  UserBuffer(int64_t size, int64_t words_a_cycle) : words(size), bandwidth(words_a_cycle) {}

  int64_t words, bandwidth;
  std::vector<std::set<int64_t>> chunks{1};
  int64_t active = 0, prefetch = 0, s = 0, e = 0, last = -1, reads = 0, start = 0;

  void Load(const Row& list) {
    const int64_t chunk_words = Up(words, 100);
    int64_t in_chunk = 0;
    for (int64_t a : list) {
      if (a == -1) continue;
      chunks.back().insert(a);
      if (++in_chunk == chunk_words) {
        chunks.emplace_back();
        in_chunk = 0;
      }
    }
    const int64_t n = chunks.size(), half = Up(words, 2);
    active = std::min(Up(half, chunk_words), n);
    prefetch = std::min(Up(words - half, chunk_words), n - active);
    e = active;
    const int64_t rows =
        std::min(Up(half, bandwidth), Up(static_cast<int64_t>(list.size()), bandwidth));
    start = -rows;
    reads = rows * bandwidth;
  }
  bool Hit(int64_t a) const {
    const int64_t n = chunks.size();
    const auto holds = [&](int64_t from, int64_t to) {
      for (int64_t c = from; c < to; ++c) {
        if (chunks[c].count(a)) return true;
      }
      return false;
    };
    return s < e ? holds(s, e) : holds(s, n) || holds(0, e);
  }
  int64_t Serve(const Row& line, int64_t cycle) {
    const int64_t n = chunks.size(), rows = Up(words - Up(words, 2), bandwidth);
    int64_t offset = 1;
    for (int64_t a : line) {
      if (a == -1) continue;
      while (!Hit(a)) {
        s = (s + prefetch) % n;
        e = (s + active) % n;
        reads += rows * bandwidth;
        last += rows + 1;
        if (last > cycle + offset) offset = last - cycle;
      }
    }
    return offset - 1;
  }
};

struct OutBuffer {
  OutBuffer(int64_t size, int64_t row_words) : words(size), width(row_words), free(size) {}

  int64_t words, width, free, open = 0, drain_end = 0, writes = 0, start = 0, stop = 0;
  std::vector<int64_t> rows;  // words in each
  size_t drained = 0;

  void Drain(int64_t cycle) {
    const int64_t half = words - Up(words, 2);
    const size_t end = std::min(rows.size(), drained + Up(half, width));
    if (drained == 0) start = cycle;
    const int64_t out = (end - drained) * width - (width - rows[end - 1]);
    writes += out;
    free += out;
    stop = drain_end = cycle + static_cast<int64_t>(end - drained) - 1;
    drained = end;
  }
  void CloseRow() {
    if (open > 0) rows.push_back(open);
    open = 0;
  }
  int64_t Serve(const Row& line, int64_t cycle) {
    int64_t now = cycle;
    const int64_t half = words - Up(words, 2);
    for (int64_t a : line) {
      if (a == -1) continue;
      --free;
      if (++open == width) CloseRow();
      if (now < drain_end) {
        if (free <= 0) now = drain_end;
      } else if (free < words - half) {
        CloseRow();
        Drain(now);
      }
    }
    return now - cycle;
  }
};

struct Stamps {
  bool any = false;
  int64_t first = 0, last = 0;
  void See(const Row& line, int64_t stamp) {
    if (std::all_of(line.begin(), line.end(), [](int64_t a) { return a == -1; })) return;
    if (!any) first = stamp;
    any = true;
    last = stamp;
  }
};

}  // namespace

LayerReport NaiveEvaluate(const Machine& mc, const Layer& l) {
  const int64_t eh = Up(l.ifmap_h - l.filter_h + l.stride_h, l.stride_h);
  const int64_t ew = Up(l.ifmap_w - l.filter_w + l.stride_w, l.stride_w);
  const int64_t M = eh * ew, K = l.filter_h * l.filter_w * l.channels, N = l.filters, R = mc.rows,
                C = mc.cols;
  const auto ifmap = [&](int64_t m, int64_t k) -> int64_t {
    const int64_t r = k / (l.filter_w * l.channels), c = k / l.channels % l.filter_w,
                  z = k % l.channels;
    const int64_t i = m / ew * l.stride_h + r, j = m % ew * l.stride_w + c;
    return i < l.ifmap_h && j < l.ifmap_w ? (i * l.ifmap_w + j) * l.channels + z : -1;
  };
  const auto filter = [&](int64_t k, int64_t n) { return n * K + k; };
  const auto ofmap = [&](int64_t m, int64_t n) { return m * N + n; };
  const bool os = mc.dataflow == Dataflow::kOs, ws = mc.dataflow == Dataflow::kWs;
  const int64_t Sr = os ? M : K, Sc = mc.dataflow == Dataflow::kIs ? M : N, T = os ? K : ws ? M : N;
  const int64_t L = T + (os ? 1 : 2) * R + C - 2;

  LayerReport report;
  Matrix idem, fdem, odem, ilist, flist;  // demands and prefetch lists
  double mapping = 0, compute = 0;
  int64_t folds = 0;
  for (int64_t c0 = 0; c0 < Sc; c0 += C) {
    for (int64_t r0 = 0; r0 < Sr; r0 += R, ++folds) {
      const int64_t ur = std::min(R, Sr - r0), uc = std::min(C, Sc - c0);
      mapping += static_cast<double>(ur * uc) / static_cast<double>(R * C);
      compute +=
          static_cast<double>(ur * uc * T) / static_cast<double>(R * C * (os ? L : L + C - 1));
      Matrix lanes, other, out;
      if (os) {
        lanes = Filled(T, R, T, ur, [&](int64_t t, int64_t j) { return ifmap(r0 + j, t); });
        other = Filled(T, C, T, uc, [&](int64_t t, int64_t j) { return filter(t, c0 + j); });
        out = Filled(R, C, R, uc, [&](int64_t i, int64_t j) {
          return R - 1 - i < ur ? ofmap(r0 + R - 1 - i, c0 + j) : -1;
        });
        Append(lanes, 0, L, true, &idem);
        Append(other, 0, L, true, &fdem);
        Append(out, T - 1, L, true, &odem);
        report.ifmap_sram.words += T * ur;
        report.filter_sram.words += T * uc;
        report.ofmap_sram.words += ur * uc + R + C;
        if (c0 == 0) Stack(lanes, &ilist);
        if (r0 == 0) Stack(other, &flist);
        continue;
      }
      // The stationary operand, last array row first; the streamed one; the outputs.
      const auto stationary = [&](int64_t k, int64_t x) { return ws ? filter(k, x) : ifmap(x, k); };
      const auto streamed = [&](int64_t t, int64_t k) { return ws ? ifmap(t, k) : filter(k, t); };
      lanes = Filled(T, R, T, ur, [&](int64_t t, int64_t j) { return streamed(t, r0 + j); });
      other = Filled(R, C, R, uc, [&](int64_t i, int64_t j) {
        return R - 1 - i < ur ? stationary(r0 + R - 1 - i, c0 + j) : -1;
      });
      out = Filled(T, C, T, uc,
                   [&](int64_t t, int64_t j) { return ws ? ofmap(t, c0 + j) : ofmap(c0 + j, t); });
      Append(lanes, R, L, true, ws ? &idem : &fdem);
      Append(other, 0, L, false, ws ? &fdem : &idem);
      Append(out, 2 * R - 1, L, true, &odem);
      (ws ? report.ifmap_sram : report.filter_sram).words += T * ur;
      (ws ? report.filter_sram : report.ifmap_sram).words += ur * uc;
      report.ofmap_sram.words += T * uc;
      if (c0 == 0) Stack(lanes, ws ? &ilist : &flist);
      if (r0 == 0) {
        Stack(Filled(K, C, K, uc, [&](int64_t k, int64_t j) { return stationary(k, c0 + j); }),
              ws ? &flist : &ilist);
      }
    }
  }
  report.mapping_eff = mapping / static_cast<double>(folds) * 100;
  report.compute_util = compute / static_cast<double>(folds) * 100;

  CalcBuffer icalc(mc.ifmap_kb * 1024), fcalc(mc.filter_kb * 1024);
  UserBuffer iuser(mc.ifmap_kb * 1024, mc.ifmap_bandwidth),
      fuser(mc.filter_kb * 1024, mc.filter_bandwidth);
  OutBuffer out(mc.ofmap_kb * 1024, mc.user_bandwidth ? mc.ofmap_bandwidth : C);
  if (mc.user_bandwidth) {
    iuser.Load(mc.dataflow == Dataflow::kIs ? RowByRow(ilist) : AntiDiagonals(ilist));
    fuser.Load(ws ? RowByRow(flist) : AntiDiagonals(flist));
  }
  Stamps istamp, fstamp, ostamp;
  for (size_t i = 0; i < odem.size(); ++i) {
    const int64_t cycle = static_cast<int64_t>(i) + report.stall_cycles;
    int64_t istall = 0, fstall = 0;
    if (mc.user_bandwidth) {
      istall = iuser.Serve(idem[i], cycle);
      fstall = fuser.Serve(fdem[i], cycle);
    } else {
      icalc.Serve(idem[i], cycle);
      fcalc.Serve(fdem[i], cycle);
    }
    const int64_t ostall = out.Serve(odem[i], cycle);
    istamp.See(idem[i], cycle + 1 + istall);
    fstamp.See(fdem[i], cycle + 1 + fstall);
    ostamp.See(odem[i], cycle + ostall);
    report.total_cycles = cycle + ostall;
    report.stall_cycles += std::max({istall, fstall, ostall});
  }
  out.CloseRow();
  for (int64_t cycle = report.total_cycles; out.drained < out.rows.size();
       cycle = out.drain_end + 1)
    out.Drain(cycle);
  icalc.Finish();
  fcalc.Finish();
  report.overall_util =
      static_cast<double>(M * N * K * 100) / static_cast<double>(report.total_cycles * R * C);
  report.ifmap_sram = {istamp.first, istamp.last, report.ifmap_sram.words};
  report.filter_sram = {fstamp.first, fstamp.last, report.filter_sram.words};
  report.ofmap_sram = {ostamp.first, ostamp.last, report.ofmap_sram.words};
  if (mc.user_bandwidth) {
    report.ifmap_dram = {iuser.start, iuser.last, iuser.reads};
    report.filter_dram = {fuser.start, fuser.last, fuser.reads};
  } else {
    report.ifmap_dram = {icalc.start, icalc.stop, icalc.reads};
    report.filter_dram = {fcalc.start, fcalc.stop, fcalc.reads};
  }
  report.ofmap_dram = {out.start, out.stop, out.writes};
  return report;
}

}  // namespace systole::scalesim
