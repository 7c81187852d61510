// Memory: what every replica has stored and every reader has passed is judged and forgotten (design wall 7).
#pragma once

namespace kafkasim::sim {

struct Scenario;
struct World;

/// Batches of this scenario may be forgotten at all: nothing in it asks for them afterwards (values, offsets, batches),
/// and nothing can send a reader or a replica back below what all of them have passed (lost or failed disks, seeks).
bool may_retire(const Scenario& scenario);

/// Lets the judge read the part of each partition's log that is the same on all replicas, cannot be cut off again, and
/// lies behind all its readers; then the replicas forget it. Does nothing while the cluster is in trouble. Nothing that
/// happens in a run depends on it.
void retire_verified(World& world);

}  // namespace kafkasim::sim
