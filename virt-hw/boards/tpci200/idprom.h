/* SPDX-License-Identifier: GPL-2.0 */
/* ID PROMs of IndustryPack modules, as their makers burn them. Pure. */
#ifndef VHW_IP_IDPROM_H
#define VHW_IP_IDPROM_H

#include <linux/types.h>

struct ip_id;

#define IP_IDPROM_MAX	64	/* bytes: 32 of Format I, 64 of Format II */

enum ip_id_format {
	IP_ID_FORMAT1,		/* "IPAC": 8 MHz */
	IP_ID_FORMAT1_32MHZ,	/* "IPAH" */
	IP_ID_FORMAT2,		/* "VITA4 ", 16 bits wide */
	IP_ID_FORMAT2_SWAPPED,	/* the same with its byte lanes crossed */
};

/**
 * struct ip_idprom - content of an ID PROM
 * @wide: Format II: two bytes a word; else one byte a word, on D7..D0
 * @length: how many of @bytes there are
 * @bytes: in the order of the standard; zeros follow
 */
struct ip_idprom {
	bool wide;
	u8 length;
	u8 bytes[IP_IDPROM_MAX];
};

u16 ip_id_crc(const u8 *bytes, unsigned int length);
void ip_idprom_make(struct ip_idprom *prom, enum ip_id_format format,
		    const struct ip_id *id);
u16 ip_idprom_word(const struct ip_idprom *prom, unsigned int word);
bool ip_idprom_32mhz(const struct ip_idprom *prom);

#endif
