#include "conednn.h"
#include "steps.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <map>
#include <memory>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

using dnnl::memory;

namespace {
thread_local std::string lastError;

/// No exception may cross into Swift: every entry point runs its body in here.
template <class Body> int32_t guarded(Body body) noexcept {
  try {
    return body();
  } catch (const std::exception &error) {
    lastError = error.what();
  } catch (...) {
    lastError = "unknown C++ exception";
  }
  return -1;
}

/// Lines are read side by side on threads of their own; oneDNN's threads would only be in their way.
void useOneThread() {
  using SetThreads = void (*)(int);
  static const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set) set(1);
}

struct Model {
  int32_t values = 0;
  /// What it answers: the recogniser's own answer first, then that of a head appended to it.
  struct Answer {
    int32_t value, classes;
  };
  std::vector<Answer> answers;
  std::vector<Step> steps;
  std::vector<float> weights;

  explicit Model(const char *path, const char *head) {
    append(path, "BLKTNET1");
    if (head) append(head, "BLKTHEAD");
  }

private:
  /// A head's steps are numbered on from the recogniser's and may read any of its values; its weights begin at 0 again.
  void append(const char *path, const char *kind) {
    std::unique_ptr<FILE, int (*)(FILE *)> file(std::fopen(path, "rb"), std::fclose);
    if (!file) throw std::runtime_error(std::string("cannot open ") + path);
    char magic[8];
    int32_t counts[4];
    read(file.get(), magic, sizeof magic);
    read(file.get(), counts, sizeof counts);
    if (std::memcmp(magic, kind, sizeof magic) != 0) throw std::runtime_error("this is no model of a line reader");
    const int32_t expected = answers.empty() ? counts[0] + 1 : values;
    if (counts[0] < 1 || counts[0] > 10'000 || counts[1] != expected || counts[2] < 2 || counts[3] < 1 ||
        counts[3] > 100'000'000)
      throw std::runtime_error("the model's file does not fit together: counts");
    const size_t firstStep = steps.size(), firstWeight = weights.size();
    steps.resize(firstStep + counts[0]);
    weights.resize(firstWeight + counts[3]);
    values = int32_t(steps.size()) + 1;
    answers.push_back({values - 1, counts[2]});
    read(file.get(), steps.data() + firstStep, counts[0] * sizeof(Step));
    read(file.get(), weights.data() + firstWeight, counts[3] * sizeof(float));
    for (size_t place = firstStep; place < steps.size(); place++) {
      if (steps[place].weights < 0 || steps[place].bias < 0 || steps[place].weights > counts[3] ||
          steps[place].bias > counts[3])
        throw std::runtime_error("the model's file does not fit together: references");
      steps[place].weights += int32_t(firstWeight);
      steps[place].bias += int32_t(firstWeight);
      check(steps[place], int32_t(place) + 1);
    }
  }

  static void read(FILE *file, void *to, size_t bytes) {
    if (std::fread(to, 1, bytes, file) != bytes) throw std::runtime_error("the model's file is cut short");
  }

  /// A step reads only what was written before, and only weights that are there.
  void check(const Step &step, int32_t result) const {
    size_t used = 0, shifts = size_t(std::max(step.outputs, 0));
    if (step.kind == Kind::convolution && step.groups > 0 && step.inputs > 0 && step.height > 0 && step.width > 0)
      used = shifts * (step.inputs / step.groups) * step.height * step.width;
    else if (step.kind == Kind::normalise)
      used = shifts + 1;
    else if (step.kind == Kind::attend)
      used = 1;
    if (step.kind != Kind::convolution && step.kind != Kind::normalise) shifts = 0;
    if (step.result != result || step.first < 0 || step.first >= result || step.second >= result || step.weights < 0 ||
        step.bias < 0 || step.weights + used > weights.size() || step.bias + shifts > weights.size())
      throw std::runtime_error("the model's file does not fit together: references");
  }
};

/// A model with its weights in the orders that kernels want them in; readers on several threads share one copy.
class Shared {
  std::mutex lock;
  /// By step.
  std::vector<std::vector<memory>> reordered;

public:
  Model model;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};

  Shared(const char *path, const char *head) : model(path, head) { reordered.resize(model.steps.size()); }

  /// The model of these files, loaded if nobody has it.
  static std::shared_ptr<Shared> open(const char *path, const char *head) {
    static std::mutex lock;
    static std::map<std::pair<std::string, std::string>, std::weak_ptr<Shared>> known;
    std::lock_guard guard(lock);
    std::weak_ptr<Shared> &place = known[{path, head ? head : ""}];
    std::shared_ptr<Shared> shared = place.lock();
    if (!shared) place = shared = std::make_shared<Shared>(path, head);
    return shared;
  }

  /// The weights of a step in the order that a kernel wants; lines of all lengths share one copy.
  memory weightsIn(const memory::desc &wanted, size_t place, const memory::desc &given) {
    std::lock_guard guard(lock);
    for (const memory &known : reordered[place])
      if (known.get_desc() == wanted) return known;
    memory source(given, engine, model.weights.data() + model.steps[place].weights), made(wanted, engine);
    dnnl::stream stream(engine);
    dnnl::reorder(source, made).execute(stream, source, made);
    stream.wait();
    reordered[place].push_back(made);
    return made;
  }
};

/// Everything that is made once for lines of one length.
struct Plan {
  struct Place {
    Shape shape{};
    size_t offset = 0;
  };
  struct Convolution {
    dnnl::convolution_forward primitive;
    std::unordered_map<int, memory> arguments;
    float *hardSigmoid = nullptr;
    size_t count = 0;
  };

  std::vector<Place> places;
  std::unique_ptr<float, void (*)(void *)> arena{nullptr, std::free};
  std::vector<Convolution> convolutions;

  float *at(int32_t value) const { return arena.get() + places[value].offset; }
};
} // namespace

struct conednn_net {
  std::shared_ptr<Shared> shared;
  const Model &model{shared->model};
  const dnnl::engine &engine{shared->engine};
  dnnl::stream stream{engine};
  std::map<int, Plan> plans;

  conednn_net(const char *path, const char *head) : shared(Shared::open(path, head)) {}

  const Plan &plan(int length) {
    auto known = plans.find(length);
    return known != plans.end() ? known->second : plans.emplace(length, make(length)).first->second;
  }

  void run(const Plan &plan) {
    size_t convolution = 0;
    for (const Step &step : model.steps) {
      if (step.kind == Kind::convolution) {
        const Plan::Convolution &one = plan.convolutions[convolution++];
        one.primitive.execute(stream, one.arguments);
        for (size_t k = 0; k < one.count; k++)
          one.hardSigmoid[k] = std::clamp(one.hardSigmoid[k] / 6 + 0.5f, 0.0f, 1.0f);
      } else {
        const bool two = step.second >= 0;
        perform(step, model.weights.data(), plan.places[step.first].shape, plan.at(step.first),
                two ? &plan.places[step.second].shape : nullptr, two ? plan.at(step.second) : nullptr,
                plan.places[step.result].shape, plan.at(step.result));
      }
    }
  }

private:
  Plan make(int length) {
    Plan plan;
    plan.places.resize(model.values);
    plan.places[0].shape = {conednn_line_height, length, 3};
    for (const Step &step : model.steps)
      plan.places[step.result].shape = resultOf(step, plan.places[step.first].shape,
                                                step.second >= 0 ? &plan.places[step.second].shape : nullptr);
    for (const Model::Answer &answer : model.answers) {
      const Shape last = plan.places[answer.value].shape;
      if (last.channels != answer.classes || last.height != 1 || last.width != length / conednn_column)
        throw std::runtime_error("the model's file does not fit together: answer");
    }
    const size_t floats = lay(plan);
    plan.arena.reset(static_cast<float *>(std::aligned_alloc(64, floats * sizeof(float))));
    if (!plan.arena) throw std::bad_alloc();
    for (size_t place = 0; place < model.steps.size(); place++)
      if (model.steps[place].kind == Kind::convolution) plan.convolutions.push_back(convolution(place, plan));
    return plan;
  }

  /// Gives each value a place in one arena; places are used again when nobody reads their value any more.
  size_t lay(Plan &plan) const {
    std::vector<int32_t> lastUse(model.values, 0);
    for (const Step &step : model.steps) {
      lastUse[step.first] = step.result;
      if (step.second >= 0) lastUse[step.second] = step.result;
    }
    for (const Model::Answer &answer : model.answers) lastUse[answer.value] = model.values;
    struct Taken {
      size_t begin, end;
      int32_t until;
    };
    std::vector<Taken> taken;
    size_t top = 0;
    for (int32_t value = 0; value < model.values; value++) {
      const auto isFree = [&](const Taken &one) { return one.until < value; };
      taken.erase(std::remove_if(taken.begin(), taken.end(), isFree), taken.end());
      std::sort(taken.begin(), taken.end(), [](auto &a, auto &b) { return a.begin < b.begin; });
      const size_t count = (plan.places[value].shape.count() + 15) / 16 * 16;
      size_t begin = 0;
      for (const Taken &one : taken) {
        if (begin + count <= one.begin) break;
        begin = std::max(begin, one.end);
      }
      plan.places[value].offset = begin;
      taken.push_back({begin, begin + count, std::max(lastUse[value], value)});
      top = std::max(top, begin + count);
    }
    return top;
  }

  Plan::Convolution convolution(size_t place, const Plan &plan) {
    using Type = memory::data_type;
    using Tag = memory::format_tag;
    const Step &step = model.steps[place];
    const Shape from = plan.places[step.first].shape, to = plan.places[step.result].shape;
    const memory::desc source({1, from.channels, from.height, from.width}, Type::f32, Tag::nhwc);
    const memory::desc result({1, to.channels, to.height, to.width}, Type::f32, Tag::nhwc);
    const bool isDepthwise = step.groups > 1;
    const memory::dims kernel = isDepthwise ? memory::dims{step.groups, 1, 1, step.height, step.width}
                                            : memory::dims{step.outputs, step.inputs, step.height, step.width};
    const memory::desc given(kernel, Type::f32, isDepthwise ? Tag::goihw : Tag::oihw);
    const memory::desc bias({step.outputs}, Type::f32, Tag::a);

    dnnl::primitive_attr attributes;
    dnnl::post_ops after;
    using dnnl::algorithm;
    if (step.activation == Activation::relu) after.append_eltwise(1, algorithm::eltwise_relu, 0, 0);
    if (step.activation == Activation::gelu) after.append_eltwise(1, algorithm::eltwise_gelu_erf, 0, 0);
    if (step.activation == Activation::swish) after.append_eltwise(1, algorithm::eltwise_swish, 1, 0);
    attributes.set_post_ops(after);
    const dnnl::convolution_forward::desc description(
        dnnl::prop_kind::forward_inference, algorithm::convolution_direct, source,
        memory::desc(kernel, Type::f32, Tag::any), bias, result, {step.stepY, step.stepX}, {step.top, step.left},
        {step.bottom, step.right});
    const dnnl::convolution_forward::primitive_desc chosen(description, attributes, engine);

    float *biases = shared->model.weights.data();
    Plan::Convolution made;
    made.primitive = dnnl::convolution_forward(chosen);
    made.arguments = {
        {DNNL_ARG_SRC, memory(source, engine, plan.at(step.first))},
        {DNNL_ARG_WEIGHTS, shared->weightsIn(chosen.weights_desc(), place, given)},
        {DNNL_ARG_BIAS, memory(bias, engine, biases + step.bias)},
        {DNNL_ARG_DST, memory(result, engine, plan.at(step.result))},
    };
    if (step.activation == Activation::hardSigmoid) {
      made.hardSigmoid = plan.at(step.result);
      made.count = to.count();
    }
    return made;
  }
};

extern "C" {
const char *conednn_last_error(void) { return lastError.c_str(); }

conednn_net *conednn_net_open(const char *path, const char *head) {
  conednn_net *made = nullptr;
  guarded([&] {
    useOneThread();
    made = new conednn_net(path, head);
    return 0;
  });
  return made;
}

void conednn_net_close(conednn_net *net) { delete net; }

int32_t conednn_net_classes(const conednn_net *net) { return net->model.answers[0].classes; }

int32_t conednn_net_head_classes(const conednn_net *net) {
  return net->model.answers.size() > 1 ? net->model.answers[1].classes : 0;
}

int32_t conednn_read_line(conednn_net *net, const uint8_t *pixels, int32_t columns, int32_t length, float *out,
                          int32_t capacity) {
  return guarded([&]() -> int32_t {
    if (columns < 1 || columns > length || length % conednn_length_step != 0 || length > conednn_longest)
      throw std::runtime_error("a line of this length cannot be read");
    const int32_t places = length / conednn_column;
    int32_t count = 0;
    for (const Model::Answer &answer : net->model.answers) count += places * answer.classes;
    if (count > capacity) throw std::runtime_error("output buffer too small");
    useOneThread();
    const Plan &plan = net->plan(length);
    float *input = plan.at(0);
    std::fill(input, input + size_t(conednn_line_height) * length * 3, 0.0f);
    for (int y = 0; y < conednn_line_height; y++)
      for (int x = 0; x < columns; x++)
        for (int channel = 0; channel < 3; channel++)
          input[(size_t(y) * length + x) * 3 + channel] = float(pixels[size_t(y) * columns + x]) / 127.5f - 1;
    net->run(plan);
    net->stream.wait();
    for (const Model::Answer &answer : net->model.answers) {
      const size_t floats = size_t(places) * answer.classes;
      std::memcpy(out, plan.at(answer.value), floats * sizeof(float));
      out += floats;
    }
    return count;
  });
}
}
