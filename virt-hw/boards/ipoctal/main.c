// SPDX-License-Identifier: GPL-2.0
/* vhw-ipoctal: virtual IP-Octal modules for the slots of IndustryPack carriers. */

#include <linux/module.h>

#include "../serial/tty.h"
#include "ipoctal.h"

#define MANUFACTURER_GREENSPRING	0xf0
#define MANUFACTURER_TEWS		0x001498

const struct vhw_fault_info ipoctal_faults[IPOCTAL_FAULTS] = {
	[IPOCTAL_WARM_BOOT] = {
		"warm-boot", "after power on the UARTs run with all interrupts unmasked"
	},
	[IPOCTAL_RX_OVERRUN] = {
		"rx-overrun", "a received character is lost to an overrun"
	},
	[IPOCTAL_RX_FRAMING] = {
		"rx-framing", "a received character has a framing error"
	},
	[IPOCTAL_RX_PARITY] = {
		"rx-parity", "a received character has a parity error"
	},
	[IPOCTAL_RX_BREAK] = {
		"rx-break", "a break follows a received character"
	},
	[IPOCTAL_RX_FLIP] = {
		"rx-flip", "the lowest bit of a received character is inverted"
	},
	[IPOCTAL_RX_NOISE] = {
		"rx-noise", "a glitch of a quarter bit follows a received character"
	},
	[IPOCTAL_RX_DEAF] = {
		"rx-deaf", "the receiver hears nothing more until it is reset"
	},
	[IPOCTAL_CTS_DROP] = {
		"cts-drop", "CTS goes away for a character time, in the middle of one"
	},
	[IPOCTAL_TX_STUCK] = {
		"tx-stuck", "TxRDY stays away until the transmitter is reset"
	},
};

static struct ip_model models[];

static int ipoctal_init(struct ip_module *module)
{
	struct ipoctal *ipoctal = ip_priv(module);

	ipoctal->module = module;
	ipoctal->kind = module->model - models;
	ipoctal->echo = true;
	ipoctal_cables_init(ipoctal);
	return ipoctal_add_lines(ipoctal);
}

static void ipoctal_exit(struct ip_module *module)
{
	ipoctal_cables_exit(ip_priv(module));
}

#define IPOCTAL(_name, _model)								\
	{										\
		.part = {								\
			.name = _name,							\
			.owner = THIS_MODULE,						\
			.directory = "ipoctal",						\
			.size = sizeof(struct ipoctal),					\
			.attrs = ipoctal_attrs,						\
			.faults = ipoctal_faults,					\
			.nr_faults = IPOCTAL_FAULTS,					\
		},									\
		.id = {									\
			.manufacturer = MANUFACTURER_GREENSPRING,			\
			.manufacturer2 = MANUFACTURER_TEWS,				\
			.model = _model,						\
			.revision = 0xa1,						\
		},									\
		.init = ipoctal_init,							\
		.exit = ipoctal_exit,							\
		.power_on = ipoctal_power_on,						\
		.power_off = ipoctal_power_off,						\
		.reset = ipoctal_reset,							\
		.read = ipoctal_read,							\
		.write = ipoctal_write,							\
	}

static struct ip_model models[] = {
	[IPOCTAL_232] = IPOCTAL("ipoctal232", 0x22),
	[IPOCTAL_422] = IPOCTAL("ipoctal422", 0x2a),
	[IPOCTAL_485] = IPOCTAL("ipoctal485", 0x48),
};

static void unregister_models(unsigned int count)
{
	while (count--)
		vhw_ip_module_unregister(&models[count]);
}

static int __init vhw_ipoctal_init(void)
{
	int err = serial_tty_init();

	if (err)
		return err;
	for (unsigned int i = 0; i < ARRAY_SIZE(models); i++) {
		err = vhw_ip_module_register(&models[i]);
		if (err) {
			unregister_models(i);
			serial_tty_exit();
			return err;
		}
	}
	return 0;
}

static void __exit vhw_ipoctal_exit(void)
{
	unregister_models(ARRAY_SIZE(models));
	serial_tty_exit();
}

module_init(vhw_ipoctal_init);
module_exit(vhw_ipoctal_exit);

MODULE_ALIAS("vhw-ip-ipoctal232");
MODULE_ALIAS("vhw-ip-ipoctal422");
MODULE_ALIAS("vhw-ip-ipoctal485");
MODULE_DESCRIPTION("Virtual IP-Octal serial modules");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
