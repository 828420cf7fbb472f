/* SPDX-License-Identifier: GPL-2.0 */
/* Limits as text: see config.c. */
#ifndef THR_CONFIG_H
#define THR_CONFIG_H

#include "group.h"

u64 *thr_config_find(struct thr_limits *limits, const char *key);
int thr_config_set(struct thr_group *group, const char *line, char *error);
int thr_config_set_port(struct thr_port *port, const char *line);
ssize_t thr_config_show(const struct thr_limits *limits, char *page);
int thr_weight_parse(const char *page, u32 *weight);

#endif
