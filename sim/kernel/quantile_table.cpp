#include "sim/kernel/quantile_table.hpp"

#include <array>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <utility>

#include "core/base/invariant.hpp"

namespace kafkasim::sim {

namespace {

// 64 bits of mantissa in software: no hardware floating point, hence no platform, takes part.
using Real = boost::multiprecision::cpp_bin_float_double_extended;

// A quantity at tail probability p and at 1 - p.
struct Both {
  Real lower;
  Real upper;
};

std::int64_t rounded(const Real& value) {
  const Real limit = ldexp(Real{1}, 62);
  if (value >= limit) return std::int64_t{1} << 62;
  if (value <= -limit) return -(std::int64_t{1} << 62);
  return static_cast<std::int64_t>(floor(value + Real{0.5}));
}

Real ratio(std::int64_t numerator, std::int64_t denominator) { return Real{numerator} / Real{denominator}; }

// -ln(1 - p) without loss for small p.
Real minus_log_complement(const Real& p) {
  if (p > ratio(1, 64)) return -log(Real{1 - p});
  Real sum = 0;
  Real power = p;
  for (int n = 1; power > ldexp(p, -70); ++n, power *= p) sum += power / n;
  return sum;
}

// c0 + c1 x + c2 x^2 + ...; the coefficients are read from decimal text, exactly rounded.
class Polynomial {
 public:
  explicit Polynomial(const std::array<const char*, 8>& decimal) {
    for (std::size_t i = 0; i < decimal.size(); ++i) coefficients_[i] = Real{decimal[i]};
  }
  Real operator()(const Real& x) const {
    Real sum = 0;
    for (auto c = coefficients_.rbegin(); c != coefficients_.rend(); ++c) sum = sum * x + *c;
    return sum;
  }

 private:
  std::array<Real, 8> coefficients_;
};

// -z of the standard normal quantile at p <= 1/2: M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37
// (1988). Its relative error is 1e-16; evaluated here with 64 bits of mantissa.
Real minus_normal_quantile(const Real& p) {
  static const Polynomial a({"3.3871328727963666080e0", "1.3314166789178437745e2", "1.9715909503065514427e3",
                             "1.3731693765509461125e4", "4.5921953931549871457e4", "6.7265770927008700853e4",
                             "3.3430575583588128105e4", "2.5090809287301226727e3"});
  static const Polynomial b({"1.0", "4.2313330701600911252e1", "6.8718700749205790830e2", "5.3941960214247511077e3",
                             "2.1213794301586595867e4", "3.9307895800092710610e4", "2.8729085735721942674e4",
                             "5.2264952788528545610e3"});
  static const Polynomial c({"1.42343711074968357734e0", "4.63033784615654529590e0", "5.76949722146069140550e0",
                             "3.64784832476320460504e0", "1.27045825245236838258e0", "2.41780725177450611770e-1",
                             "2.27238449892691845833e-2", "7.74545014278341407640e-4"});
  static const Polynomial d({"1.0", "2.05319162663775882187e0", "1.67638483018380384940e0", "6.89767334985100004550e-1",
                             "1.48103976427480074590e-1", "1.51986665636164571966e-2", "5.47593808499534494600e-4",
                             "1.05075007164441684324e-9"});
  static const Polynomial e({"6.65790464350110377720e0", "5.46378491116411436990e0", "1.78482653991729133580e0",
                             "2.96560571828504891230e-1", "2.65321895265761230930e-2", "1.24266094738807843860e-3",
                             "2.71155556874348757815e-5", "2.01033439929228813265e-7"});
  static const Polynomial f({"1.0", "5.99832206555887937690e-1", "1.36929880922735805310e-1",
                             "1.48753612908506148525e-2", "7.86869131145613259100e-4", "1.84631831751005468180e-5",
                             "1.42151175831644588870e-7", "2.04426310338993978564e-15"});
  const Real centred = Real{0.5} - p;
  if (centred <= ratio(425, 1000)) {
    const Real r = ratio(180625, 1000000) - centred * centred;
    return centred * a(r) / b(r);
  }
  const Real r = sqrt(Real{-log(p)});
  if (r <= 5) {
    const Real s = r - ratio(16, 10);
    return c(s) / d(s);
  }
  const Real s = r - 5;
  return e(s) / f(s);
}

// The normal quantile at numerator / denominator, accurate at both ends.
Real normal_quantile(std::int64_t numerator, std::int64_t denominator) {
  INVARIANT(numerator > 0, "a percentile lies above 0");
  INVARIANT(numerator < denominator, "a percentile lies below 1");
  const std::int64_t rest = denominator - numerator;
  return numerator < rest ? Real{-minus_normal_quantile(ratio(numerator, denominator))}
                          : minus_normal_quantile(ratio(rest, denominator));
}

Both standard_exponential(const Real& p) { return {minus_log_complement(p), Real{-log(p)}}; }

}  // namespace

// `quantiles(p)` gives the pair of quantiles at p and 1 - p for p <= 1/2.
template <class Pair>
QuantileTable QuantileTable::build(Pair quantiles) {
  QuantileTable table;
  constexpr std::size_t tail_steps = std::size_t{1} << kTailBits;
  for (int octave = 0; octave < kTailOctaves; ++octave)
    for (std::size_t step = 0; step < tail_steps; ++step) {
      const Both both = quantiles(Real{ldexp(Real{tail_steps + step}, octave - 64 - kTailBits)});
      table.lower_.push_back(rounded(both.lower));
      table.upper_.push_back(rounded(both.upper));
    }
  table.body_.resize(kBodySteps - 2 * kBodyFirst + 1);
  for (std::size_t i = kBodyFirst; i <= kBodySteps / 2; ++i) {
    const Both both = quantiles(ratio(static_cast<std::int64_t>(i), kBodySteps));
    table.body_[i - kBodyFirst] = rounded(both.lower);
    table.body_[kBodySteps - i - kBodyFirst] = rounded(both.upper);
  }
  table.lower_.push_back(table.body_.front());
  table.upper_.push_back(table.body_.back());
  return table;
}

QuantileTable QuantileTable::exponential(std::int64_t mean) {
  INVARIANT(mean >= 0, "a mean time or size is not negative");
  return build([scale = Real{mean}](const Real& p) {
    const Both e = standard_exponential(p);
    return Both{scale * e.lower, scale * e.upper};
  });
}

QuantileTable QuantileTable::normal(std::int64_t median, std::int64_t numerator, std::int64_t denominator,
                                    std::int64_t value) {
  const Real z = normal_quantile(numerator, denominator);
  INVARIANT(z != 0, "the median alone does not tell the spread");
  const Real centre{median};
  const Real sigma = (Real{value} - centre) / z;
  INVARIANT(sigma >= 0, "the value lies on the percentile's side of the median");
  return build([&](const Real& p) {
    const Real away = sigma * minus_normal_quantile(p);
    return Both{centre - away, centre + away};
  });
}

QuantileTable QuantileTable::lognormal(std::int64_t median, std::int64_t numerator, std::int64_t denominator,
                                       std::int64_t value) {
  INVARIANT(median > 0, "a lognormal quantity is positive");
  INVARIANT(value > 0, "a lognormal quantity is positive");
  const Real z = normal_quantile(numerator, denominator);
  INVARIANT(z != 0, "the median alone does not tell the spread");
  const Real centre{median};
  const Real sigma = log(Real{Real{value} / centre}) / z;
  INVARIANT(sigma >= 0, "the value lies on the percentile's side of the median");
  // The normal quantiles at the points of every table, in the order in which they are visited: most of the work.
  static const std::vector<Real> points = [] {
    std::vector<Real> visited;
    build([&](const Real& p) {
      visited.push_back(minus_normal_quantile(p));
      return Both{Real{0}, Real{0}};
    });
    return visited;
  }();
  return build([&, at = std::size_t{0}](const Real&) mutable {
    const Real factor = exp(Real{sigma * points.at(at++)});
    return Both{centre / factor, centre * factor};
  });
}

QuantileTable QuantileTable::pareto(std::int64_t minimum, std::int64_t numerator, std::int64_t denominator) {
  INVARIANT(minimum >= 0, "a time or size is not negative");
  INVARIANT(numerator > 0, "a Pareto shape is positive");
  INVARIANT(denominator > 0, "a Pareto shape is positive");
  // Releases of Boost round the last bits of log() and exp() differently, and the tail of this table has room for them
  // all: with three times the digits they are rounded away.
  using Precise = boost::multiprecision::cpp_bin_float_50;
  const Precise inverse_shape = Precise{denominator} / Precise{numerator};
  const auto at_complement = [scale = Precise{minimum}, inverse_shape](const Precise& p) {
    return Real{Precise{scale * exp(Precise{-log(p) * inverse_shape})}};
  };
  return build([&](const Real& p) { return Both{at_complement(Precise{1} - Precise{p}), at_complement(Precise{p})}; });
}

}  // namespace kafkasim::sim
