/* The passwords of PACE. */

#ifndef PASSWORD_H
#define PASSWORD_H

#include <eac/pace.h>

#include "verdict.h"

/* The CAN of the options, or else the key of their machine readable zone. */
PACE_SEC *password(const struct options *options, int is_can);

#endif
