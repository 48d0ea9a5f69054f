# cmake -DOUT= -DSOURCE= -P version.cmake: the commit that is built, as the header OUT; touched only
# when it changes.
execute_process(COMMAND git --no-optional-locks -C ${SOURCE} describe --always --dirty
                OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE failed)
if(failed OR version STREQUAL "")
  set(version "unknown")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define SYSTOLE_COMMIT \"${version}\"\n")
