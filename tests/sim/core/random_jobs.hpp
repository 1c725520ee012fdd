#pragma once

#include "tests/sim/core/camera_world.hpp"

namespace cam32100::bridge::test {

// Random jobs on a bad network with mishaps of every kind for `length` of virtual time, then quiet.
// Reports as test failures whatever no user may see: a job with no answer or two, an answer after
// its deadline, a change that ran twice, a picture with other bytes, a full queue, a camera that
// stays lost.
void live_with_random_jobs(CameraKind kind, bool on_demand, std::uint64_t seed, Duration length);

}  // namespace cam32100::bridge::test
