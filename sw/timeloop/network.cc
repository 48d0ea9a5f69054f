#include "sw/timeloop/network.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "sw/base/error.h"

namespace systole::timeloop {
namespace {

struct Job {
  const Design* design;
  Spec spec;
  ConvShape shape;
  MapResult result;
};

LayerAnswer AnswerOf(const NetworkLayer& layer, const Job& job) {
  const Architecture& arch = job.spec.arch;
  const Evaluation& best = job.result.evaluation;
  const auto groups = static_cast<double>(layer.groups);
  LayerAnswer answer;
  answer.layer = layer;
  answer.macs = job.spec.problem.Macs() * layer.groups;
  answer.cycles = best.cycles * groups;
  answer.energy = best.energy * groups;
  answer.utilization = best.utilization;
  answer.proved = job.result.proved;
  answer.nodes = job.result.nodes;
  answer.seconds = job.result.seconds;
  answer.levels.emplace_back(arch.mac_name, best.mac_energy * groups);
  for (int c = 0; c < arch.Levels(); ++c) {
    if (!arch.levels[c].has_energy) continue;
    answer.levels.emplace_back(arch.levels[c].name, best.levels[c].energy * groups);
  }
  answer.mapping = NestText(job.spec.problem, arch, job.result.mapping);
  return answer;
}

std::vector<NetworkLayer> AtBatch(std::vector<NetworkLayer> layers, int64_t batch) {
  for (NetworkLayer& layer : layers) layer.shape.n *= batch;
  return layers;
}

// Takes one job after the other until none is left; the first exception ends all.
void RunJobs(std::vector<Job>* jobs, const MapOptions& options, int threads,
             const std::function<void(size_t, size_t)>& progress) {
  std::atomic<size_t> next{0};
  size_t done = 0;
  std::mutex mutex;
  std::exception_ptr error;
  const auto work = [&] {
    for (size_t i = next++; i < jobs->size(); i = next++) {
      try {
        Job& job = (*jobs)[i];
        job.result = FindBest(job.spec, options);
        if (!job.result.found) {
          throw InputError(job.design->files[0].path + ": no mapping of " + job.shape.Text() +
                           " fits; change the constraints");
        }
        const std::lock_guard<std::mutex> lock(mutex);
        progress(++done, jobs->size());
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!error) error = std::current_exception();
        next = jobs->size();
      }
    }
  };
  std::vector<std::thread> pool;
  for (int i = 1; i < threads; ++i) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace

double NetworkAnswer::Cycles() const {
  double sum = 0;
  for (const LayerAnswer& layer : layers) sum += layer.cycles;
  return sum;
}

double NetworkAnswer::Energy() const {
  double sum = 0;
  for (const LayerAnswer& layer : layers) sum += layer.energy;
  return sum;
}

int64_t NetworkAnswer::Macs() const {
  int64_t sum = 0;
  for (const LayerAnswer& layer : layers) sum += layer.macs;
  return sum;
}

std::vector<NetworkAnswer> MapNetwork(const NetworkRequest& request,
                                      const std::function<void(size_t, size_t)>& progress) {
  std::vector<Job> jobs;
  std::vector<std::map<ConvShape, size_t>> places(request.designs.size());
  for (size_t d = 0; d < request.designs.size(); ++d) {
    const Design& design = request.designs[d];
    for (const int64_t batch : request.batches) {
      for (const NetworkLayer& layer : AtBatch(request.layers, batch)) {
        if (!places[d].emplace(layer.shape, jobs.size()).second) continue;
        jobs.push_back(
            {&design, ReadSpec(design.files, ConvProblem(layer.shape)), layer.shape, {}});
        jobs.back().spec.arch.ScaleEnergy(request.energy_scale);
      }
    }
  }
  RunJobs(&jobs, request.options, request.jobs, progress);
  std::vector<NetworkAnswer> answers;
  for (size_t d = 0; d < request.designs.size(); ++d) {
    for (const int64_t batch : request.batches) {
      NetworkAnswer answer{request.designs[d].name, batch, 0, {}};
      for (const NetworkLayer& layer : AtBatch(request.layers, batch)) {
        const Job& job = jobs[places[d].at(layer.shape)];
        answer.mac_energy = job.spec.arch.mac_energy;
        answer.layers.push_back(AnswerOf(layer, job));
      }
      answers.push_back(answer);
    }
  }
  return answers;
}

}  // namespace systole::timeloop
