// Latency distributions in HdrHistogram's text format, which its plotters and many notebooks read.
#pragma once

#include <string>

#include "sim/check/histogram.hpp"

namespace kafkasim::sim {

/// Values in milliseconds; percentiles in five steps to each halving of the distance to 100 %.
std::string hgrm_text(const LatencyHistogram& histogram);

}  // namespace kafkasim::sim
