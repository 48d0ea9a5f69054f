// The slave side of AXI4 ports in front of a Memory, one object per port direction, cycle by cycle.
//
// Without stalls it keeps the promise of docs/timing.md: in order; an address accepted in cycle a
// gives its first data beat in cycle max(a + latency, previous burst's last beat + 1), one beat a
// cycle; the response to a write burst comes `latency` cycles after its last data beat; always
// ready. With stalls every ready and valid is delayed at random (the bytes must not change then;
// cycles are not promised).
//
// Use, once a cycle: with the values sampled in cycle t, first Accept...() and Taken(), then
// Advance(t), after which the public outputs hold what the port drives in cycle t + 1.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <deque>

#include "sw/device/axi_fault.h"
#include "sw/device/memory.h"

namespace systole {

// xorshift64*: small, fast, seeded.
class StallSource {
 public:
  explicit StallSource(uint64_t seed = 0) : state_(seed * 0x9E3779B97F4A7C15u + 0x1234567) {}
  // True in about `percent` of the calls.
  bool Hit(uint32_t percent) { return Next() % 100 < percent; }
  uint32_t Next() {
    state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545F4914F6CDD1Du) >> 33);
  }

 private:
  uint64_t state_;
};

struct AxiTiming {
  int latency = 20;         // cycles, at least 1
  bool stall = false;       // random back-pressure on every channel
  uint64_t stall_seed = 1;  // of that
};

inline constexpr uint64_t kNoCycle = ~uint64_t{0};

class AxiReadPort {
 public:
  AxiReadPort(Memory* memory, int beat_bytes) : memory_(memory), beat_bytes_(beat_bytes) {}

  void Configure(const AxiTiming& timing, const AxiFault& fault, uint64_t salt) {
    timing_ = timing;
    fault_ = fault;
    stalls_ = StallSource(timing.stall_seed + salt);
  }
  void Reset() {
    count_ = 0, head_ = 0;
    valid = false;
    ready = fault_.kind != AxiFault::Kind::kNotReady;
  }

  // arvalid && arready in cycle t; len as on the bus (beats - 1).
  void AcceptAddress(uint64_t t, uint64_t address, uint32_t len, uint32_t burst_id) {
    assert(count_ < kSlots);
    Burst& b = bursts_[(head_ + count_++) % kSlots];
    b = {address, len + 1, burst_id, t + timing_.latency, 0};
    if (timing_.stall) b.first_cycle += stalls_.Next() % 40;
    if (fault_.Touches(address, uint64_t{b.beats} * beat_bytes_)) {
      if (fault_.kind == AxiFault::Kind::kError) b.response = fault_.response;
      if (fault_.kind == AxiFault::Kind::kNoResponse) b.first_cycle = kNoCycle;
    }
  }
  // rvalid && rready in the cycle sampled.
  void Taken() {
    valid = false;
    if (last) {
      head_ = (head_ + 1) % kSlots;
      --count_;
    }
  }
  // Nothing under way and nothing that could change: Advance() may be skipped.
  bool Idle() const { return count_ == 0 && !timing_.stall; }

  void Advance(uint64_t t) {
    if (timing_.stall)
      ready = fault_.kind != AxiFault::Kind::kNotReady && count_ < kSlots - 1 && !stalls_.Hit(40);
    if (valid || count_ == 0) return;
    Burst& b = bursts_[head_];
    if (b.first_cycle == kNoCycle || t + 1 < b.first_cycle || (timing_.stall && stalls_.Hit(50)))
      return;
    b.address &= ~uint64_t(beat_bytes_ - 1);
    data = memory_->At(b.address);
    response = fault_.beats && !fault_.Touches(b.address, beat_bytes_) ? 0 : b.response;
    b.address += beat_bytes_;
    id = b.id;
    last = --b.beats == 0;
    valid = true;
  }

  // What the port drives.
  bool ready = true;  // arready
  bool valid = false, last = false;
  uint32_t id = 0;
  uint8_t response = 0;
  const uint8_t* data = nullptr;

 private:
  static constexpr uint32_t kSlots = 64;
  struct Burst {
    uint64_t address;
    uint32_t beats;
    uint32_t id;
    uint64_t first_cycle;
    uint8_t response;
  };
  Memory* memory_;
  int beat_bytes_;
  AxiTiming timing_;
  AxiFault fault_;
  StallSource stalls_;
  std::array<Burst, kSlots> bursts_{};
  uint32_t head_ = 0, count_ = 0;
};

class AxiWritePort {
 public:
  AxiWritePort(Memory* memory, int beat_bytes) : memory_(memory), beat_bytes_(beat_bytes) {}

  void Configure(const AxiTiming& timing, const AxiFault& fault, uint64_t salt) {
    timing_ = timing;
    fault_ = fault;
    stalls_ = StallSource(timing.stall_seed + salt);
  }
  void Reset() {
    bursts_.clear(), beats_.clear(), responses_.clear();
    response_valid = false;
    address_ready = data_ready = fault_.kind != AxiFault::Kind::kNotReady;
  }

  // awvalid && awready.
  void AcceptAddress(uint64_t address, uint32_t len, uint32_t burst_id) {
    const bool touched = fault_.Touches(address, uint64_t{len + 1} * beat_bytes_);
    Burst b{address, burst_id, 0, false};
    if (touched && fault_.kind == AxiFault::Kind::kError) b.response = fault_.response;
    if (touched && fault_.kind == AxiFault::Kind::kNoResponse) b.mute = true;
    bursts_.push_back(b);
  }
  // wvalid && wready. Data may come before their address.
  void AcceptData(const void* bytes, uint32_t strobes, bool last) {
    Beat beat{{}, strobes, last};
    std::memcpy(beat.bytes.data(), bytes, beat_bytes_);
    beats_.push_back(beat);
  }
  // bvalid && bready.
  void Taken() {
    response_valid = false;
    responses_.pop_front();
  }
  bool Idle() const {
    return bursts_.empty() && beats_.empty() && responses_.empty() && !timing_.stall;
  }

  void Advance(uint64_t t) {
    while (!bursts_.empty() && !beats_.empty()) WriteBeat(t);
    if (timing_.stall) {
      const bool may = fault_.kind != AxiFault::Kind::kNotReady;
      address_ready = may && !stalls_.Hit(40);
      data_ready = may && !stalls_.Hit(40);
    }
    if (response_valid || responses_.empty()) return;
    const Response& r = responses_.front();
    if (r.mute || t + 1 < r.cycle || (timing_.stall && stalls_.Hit(50))) return;
    response_valid = true;
    response_id = r.id;
    response = r.response;
  }

  // What the port drives.
  bool address_ready = true, data_ready = true;
  bool response_valid = false;
  uint32_t response_id = 0;
  uint8_t response = 0;

 private:
  struct Burst {
    uint64_t address;
    uint32_t id;
    uint8_t response;
    bool mute;
  };
  struct Beat {
    std::array<uint8_t, 16> bytes;
    uint32_t strobes;
    bool last;
  };
  struct Response {
    uint64_t cycle;
    uint32_t id;
    uint8_t response;
    bool mute;
  };

  void WriteBeat(uint64_t t) {
    Burst& burst = bursts_.front();
    const Beat& beat = beats_.front();
    uint8_t* to = memory_->At(burst.address & ~uint64_t(beat_bytes_ - 1));
    for (int i = 0; i < beat_bytes_; ++i) {
      if (beat.strobes >> i & 1) to[i] = beat.bytes[i];
    }
    burst.address += beat_bytes_;
    if (beat.last) {
      uint64_t cycle = t + timing_.latency;
      if (timing_.stall) cycle += stalls_.Next() % 40;
      responses_.push_back({cycle, burst.id, burst.response, burst.mute});
      bursts_.pop_front();
    }
    beats_.pop_front();
  }

  Memory* memory_;
  int beat_bytes_;
  AxiTiming timing_;
  AxiFault fault_;
  StallSource stalls_;
  std::deque<Burst> bursts_;
  std::deque<Beat> beats_;
  std::deque<Response> responses_;
};

}  // namespace systole
