// `systole run-nest`.
#pragma once

namespace systole::nest {

int RunNestMain(int argc, const char* const* argv);

}  // namespace systole::nest
