// SPDX-License-Identifier: GPL-2.0
/* order [steps [seed]]: throttle/tests/order_model.c in user space; exits 1 at a broken promise. */
#include <stdio.h>
#include <stdlib.h>

#include "../../../throttle/bucket.c"
#include "../../../throttle/heap.c"
#include "../../../throttle/rotation.c"
#include "../../../throttle/tests/order_model.c"

int main(int argc, char **argv)
{
	u64 steps = argc > 1 ? strtoull(argv[1], NULL, 0) : 10000000;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1, done;
	const char *what = order_run(steps, seed, &done);

	if (what) {
		printf("seed %llu step %llu: %s\n", (unsigned long long)seed,
		       (unsigned long long)done, what);
		return 1;
	}
	printf("%llu steps (seed %llu): %llu requests served in turn, %llu at once\n",
	       (unsigned long long)done, (unsigned long long)seed, (unsigned long long)served,
	       (unsigned long long)went_at_once);
	return 0;
}
