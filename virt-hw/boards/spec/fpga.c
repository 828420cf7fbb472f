// SPDX-License-Identifier: GPL-2.0
/* The virtual SPEC's FPGA: which design is in it, and resets of its logic. */

#include "spec.h"

/* Tell the mezzanine's application whether it is in reset */
void spec_reset_application(struct spec *spec)
{
	spec_dma_reset(spec);
	if (!spec->fmc)
		return;
	spec->fmc->model->reset(spec->fmc, true);
	if (!spec->design->empty && !(spec->resets & SPEC_RESET_APP))
		spec->fmc->model->reset(spec->fmc, false);
}

/* The logic in the FPGA as after its configuration */
void spec_fpga_reset(struct spec *spec)
{
	spec->resets = 0;
	vic_reset(spec);
	ocores_reset(spec);
	spec_reset_application(spec);
}

/**
 * spec_fpga_configure() - a bitstream comes or goes
 * @spec: the board
 * @design: what the FPGA holds now, NULL for nothing
 */
void spec_fpga_configure(struct spec *spec, const struct spec_design *design)
{
	static const struct spec_design nothing = { .empty = true };

	spec->design = design ?: &nothing;
	spec_fpga_reset(spec);
}
