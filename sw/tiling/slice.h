// Channels of a stage as a stage of their own.
#pragma once

#include "sw/compiler/stage.h"

namespace systole {

// Is every output channel made of the input channel of its number alone?
bool ChannelByChannel(const Stage& stage);

// Channels [c0, c1) of a stage that works channel by channel.
Stage SliceChannels(const Stage& stage, int c0, int c1);

// Output channels [c0, c1) of a stage of one group, with all its inputs.
Stage SliceOutputs(const Stage& stage, int c0, int c1);

}  // namespace systole
