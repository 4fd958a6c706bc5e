#include "diagnosis/catalogue_pack.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

namespace whydown::diagnosis {

namespace {

// Every member of the catalogue's structs; one that is missing here is lost, which a test sees.
template <typename Archive>
void fields(Archive& archive, Weight& weight) {
  archive(weight.fact, weight.is, weight.db, weight.group, weight.because, weight.source,
          weight.runs, weight.start_db);
}
template <typename Archive>
void fields(Archive& archive, CatalogueCause& cause) {
  archive(cause.id, cause.title, cause.prior_db, cause.weights);
}
template <typename Archive>
void fields(Archive& archive, CataloguePair& pair) {
  archive(pair.first, pair.second, pair.because);
}
template <typename Archive>
void fields(Archive& archive, FactValue& value) {
  archive(value.fact, value.is);
}
template <typename Archive>
void fields(Archive& archive, CatalogueAnswer& answer) {
  archive(answer.see, answer.then, answer.facts);
}
template <typename Archive>
void fields(Archive& archive, CatalogueCheck& check) {
  archive(check.command, check.where, check.separates, check.answers, check.sends, check.cost,
          check.protocol);
}
template <typename Archive>
void fields(Archive& archive, NotShown& not_shown) {
  archive(not_shown.text, not_shown.unless_fact);
}
template <typename Archive>
void fields(Archive& archive, Fault& fault) {
  archive(fault.id, fault.kind, fault.step, fault.protocol, fault.severity, fault.title,
          fault.meaning, fault.supervisor, fault.student, fault.raised_by_protocol,
          fault.raised_by_symptoms, fault.raised_by_pattern, fault.technique, fault.causes,
          fault.inseparable, fault.checks, fault.not_shown, fault.sources);
}

class Writer {
 public:
  template <typename... Values>
  void operator()(Values&... values) {
    (put(values), ...);
  }
  std::string out;

 private:
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  void put(Number& number) {
    const std::size_t at = out.size();
    out.resize(at + sizeof number);
    std::memcpy(out.data() + at, &number, sizeof number);
  }
  void put(std::string& text) {
    auto size = static_cast<std::uint32_t>(text.size());
    put(size);
    out += text;
  }
  template <typename Value>
  void put(std::optional<Value>& value) {
    bool has = value.has_value();
    put(has);
    if (has) put(*value);
  }
  template <typename Value>
  void put(std::vector<Value>& values) {
    auto size = static_cast<std::uint32_t>(values.size());
    put(size);
    for (Value& value : values) put(value);
  }
  template <typename Struct>
    requires std::is_class_v<Struct>
  void put(Struct& value) {
    fields(*this, value);
  }
};

class Reader {
 public:
  explicit Reader(std::string_view packed) : rest_(packed) {}
  template <typename... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }

 private:
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  void get(Number& number) {
    if (rest_.size() < sizeof number) {
      rest_ = {};
      return;
    }
    rest_.copy(reinterpret_cast<char*>(&number), sizeof number);
    rest_.remove_prefix(sizeof number);
  }
  void get(bool& is) {
    std::uint8_t byte = 0;
    get(byte);
    is = byte != 0;
  }
  std::uint32_t size() {
    std::uint32_t size = 0;
    get(size);
    return size <= rest_.size() ? size : 0;
  }
  void get(std::string& text) {
    const std::uint32_t length = size();
    text.assign(rest_.substr(0, length));
    rest_.remove_prefix(length);
  }
  template <typename Value>
  void get(std::optional<Value>& value) {
    bool has = false;
    get(has);
    if (has) get(value.emplace());
  }
  template <typename Value>
  void get(std::vector<Value>& values) {
    values.resize(size());
    for (Value& value : values) get(value);
  }
  template <typename Struct>
    requires std::is_class_v<Struct>
  void get(Struct& value) {
    fields(*this, value);
  }
  std::string_view rest_;
};

}  // namespace

std::string pack(std::vector<Fault> faults) {
  Writer writer;
  writer(faults);
  return std::move(writer.out);
}

std::vector<Fault> unpack(std::string_view packed) {
  std::vector<Fault> faults;
  Reader{packed}(faults);
  return faults;
}

}  // namespace whydown::diagnosis
