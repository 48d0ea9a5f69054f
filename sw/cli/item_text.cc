#include "sw/cli/item_text.h"

#include <nlohmann/json.hpp>

namespace systole {
namespace {

using nlohmann::json;

json ToJson(const Differences& d) { return {{"count", d.count}, {"told", d.told}}; }

Differences DifferencesFrom(const json& j) {
  Differences d;
  j.at("count").get_to(d.count);
  j.at("told").get_to(d.told);
  return d;
}

json ToJson(const HardwareCounters& counters) {
  json j;
  for (const CounterInfo& c : kCounters) j.push_back(counters.*c.member);
  for (const auto& engine : counters.engine) {
    for (const CauseInfo& c : kCauses) j.push_back(engine.*c.member);
  }
  return j;
}

HardwareCounters CountersFrom(const json& j) {
  HardwareCounters counters;
  size_t at = 0;
  for (const CounterInfo& c : kCounters) j.at(at++).get_to(counters.*c.member);
  for (auto& engine : counters.engine) {
    for (const CauseInfo& c : kCauses) j.at(at++).get_to(engine.*c.member);
  }
  return counters;
}

}  // namespace

std::string Serialize(const ItemResult& r) {
  json rows = json::object();
  for (const auto& [who, c] : r.rows) rows[who] = {{"lead_in", c.lead_in}, {"rows", c.rows}};
  return json({{"bytes", r.bytes},
               {"mismatches", r.mismatches},
               {"tensors", ToJson(r.tensors)},
               {"cycles", ToJson(r.cycles)},
               {"rows", rows},
               {"setup", r.setup},
               {"totals", r.totals},
               {"seconds", r.seconds},
               {"stamps", r.stamps},
               {"timeline", r.timeline},
               {"differs", r.differs},
               {"counters", ToJson(r.counters)}})
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

ItemResult ParseItem(const std::string& text) {
  const json j = json::parse(text);
  ItemResult r;
  j.at("bytes").get_to(r.bytes);
  j.at("mismatches").get_to(r.mismatches);
  r.tensors = DifferencesFrom(j.at("tensors"));
  r.cycles = DifferencesFrom(j.at("cycles"));
  for (const auto& [who, c] : j.at("rows").items())
    r.rows[who] = {c.at("lead_in").get<uint64_t>(), c.at("rows").get<std::vector<uint64_t>>()};
  j.at("setup").get_to(r.setup);
  j.at("totals").get_to(r.totals);
  j.at("seconds").get_to(r.seconds);
  j.at("stamps").get_to(r.stamps);
  j.at("timeline").get_to(r.timeline);
  j.at("differs").get_to(r.differs);
  r.counters = CountersFrom(j.at("counters"));
  return r;
}

}  // namespace systole
