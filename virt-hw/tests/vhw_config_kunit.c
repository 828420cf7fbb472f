// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>

#include "../core/config_space.c"

static const struct vhw_capability caps[] = {
	{ .id = PCI_CAP_ID_PM, .offset = 0x40, .length = 8,
	  .bytes = (const u8[6]) { 0x03, 0x00, 0x08 }, .writable = (const u8[6]) { 0, 0, 0x03 } },
	{ .id = PCI_CAP_ID_VNDR, .offset = 0x70, .length = 5 },
	{}
};

static const struct vhw_config_register registers[] = {
	{ .offset = 0x80, .size = 2, .reset = 0x1234, .writable = 0x00ff },
	{}
};

static const struct vhw_model board = {
	.name = "test",
	.vendor = 0x1498,
	.device = 0x30c8,
	.subvendor = 0x1498,
	.subdevice = 0x300a,
	.class = 0x118000,
	.revision = 4,
	.intx = true,
	.bar = {
		{ .size = 0x80 },
		{ .size = 0x80, .flags = VHW_BAR_IO },
		{ .size = 0x2000000, .flags = VHW_BAR_PREFETCH },
		{},
		{ .size = 0x1000, .flags = VHW_BAR_64 },
	},
	.caps = caps,
	.registers = registers,
	.msi_vectors = 8,
	.msi_offset = 0x50,
	.msix_vectors = 4,
	.msix_offset = 0x60,
	.msix_bar = 4,
	.msix_table = 0x100,
	.msix_pba = 0x200,
};

/* As PCI Express knows it: a function reset, serial number and vendor's area in the far space */
static const struct vhw_capability express_caps[] = {
	{ .id = PCI_CAP_ID_PM, .offset = 0x40, .length = 8, .writable = (const u8[6]) { 0, 0, 3 } },
	{ .id = PCI_CAP_ID_EXP, .offset = 0x80, .length = 0x3c,
	  .bytes = (const u8[0x3a]) { 0x92, 0, [5] = 0x10 } },
	{ .id = PCI_EXT_CAP_ID_DSN, .version = 1, .offset = 0x100, .length = 12,
	  .bytes = (const u8[8]) { 1, 2, 3, 4 } },
	{ .id = PCI_EXT_CAP_ID_VNDR, .version = 2, .offset = 0xff0, .length = 16,
	  .writable = (const u8[12]) { [11] = 0xff } },
	{}
};

static const struct vhw_model express = { .name = "express", .caps = express_caps };

static void reset(struct vhw_config *config, const struct vhw_model *model)
{
	struct vhw_identity identity = vhw_config_identity(model);

	vhw_config_reset(config, model, &identity);
}

static u32 read(struct kunit *test, unsigned int where, unsigned int size)
{
	return vhw_config_read(test->priv, where, size);
}

static void write(struct kunit *test, unsigned int where, unsigned int size, u32 value)
{
	vhw_config_write(test->priv, where, size, value);
}

static void power_on_shows_identity_and_decodes_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read(test, PCI_VENDOR_ID, 4), 0x30c81498);
	KUNIT_EXPECT_EQ(test, read(test, PCI_SUBSYSTEM_VENDOR_ID, 4), 0x300a1498);
	KUNIT_EXPECT_EQ(test, read(test, PCI_CLASS_REVISION, 4), 0x11800004);
	KUNIT_EXPECT_EQ(test, read(test, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, read(test, PCI_STATUS, 2), PCI_STATUS_CAP_LIST);
	KUNIT_EXPECT_EQ(test, read(test, PCI_INTERRUPT_PIN, 1), 1);
	KUNIT_EXPECT_EQ(test, read(test, PCI_ROM_ADDRESS, 4), 0);
	KUNIT_EXPECT_EQ(test, read(test, PCI_HEADER_TYPE, 1), PCI_HEADER_TYPE_NORMAL);
}

static void a_bar_tells_its_size_and_kind(struct kunit *test)
{
	static const u32 expected[] = { 0xffffff80, 0xffffff81, 0xfe000008, 0, 0xfffff004, ~0u };
	int i;

	for (i = 0; i < VHW_BARS; i++) {
		write(test, PCI_BASE_ADDRESS_0 + 4 * i, 4, ~0u);
		KUNIT_EXPECT_EQ(test, read(test, PCI_BASE_ADDRESS_0 + 4 * i, 4), expected[i]);
	}
}

static void a_bar_decodes_where_it_was_put_while_command_lets_it(struct kunit *test)
{
	u64 start;

	write(test, PCI_BASE_ADDRESS_0, 4, 0x80001080);
	KUNIT_EXPECT_FALSE(test, vhw_config_bar(test->priv, &board, 0, &start));
	write(test, PCI_COMMAND, 2, PCI_COMMAND_IO);
	KUNIT_EXPECT_FALSE(test, vhw_config_bar(test->priv, &board, 0, &start));
	write(test, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	KUNIT_ASSERT_TRUE(test, vhw_config_bar(test->priv, &board, 0, &start));
	KUNIT_EXPECT_EQ(test, start, 0x80001080);
	KUNIT_EXPECT_FALSE(test, vhw_config_bar(test->priv, &board, 1, &start));
	KUNIT_EXPECT_FALSE(test, vhw_config_bar(test->priv, &board, 3, &start));
	write(test, PCI_BASE_ADDRESS_4, 4, 0x12345678);
	write(test, PCI_BASE_ADDRESS_5, 4, 0x9abcdef0);
	KUNIT_ASSERT_TRUE(test, vhw_config_bar(test->priv, &board, 4, &start));
	KUNIT_EXPECT_EQ(test, start, 0x9abcdef012345000);
}

static void a_write_changes_writable_bits_only(struct kunit *test)
{
	write(test, PCI_VENDOR_ID, 4, 0);
	KUNIT_EXPECT_EQ(test, read(test, PCI_VENDOR_ID, 4), 0x30c81498);
	write(test, PCI_COMMAND, 2, 0xffff);
	KUNIT_EXPECT_EQ(test, read(test, PCI_COMMAND, 2), 0x0547);
	write(test, PCI_COMMAND, 1, 0);
	KUNIT_EXPECT_EQ(test, read(test, PCI_COMMAND, 2), 0x0500);
	write(test, 0x40, 4, ~0u);
	write(test, 0x44, 4, ~0u);
	KUNIT_EXPECT_EQ(test, read(test, 0x44, 4), 0x0000000b);
	write(test, PCI_INTERRUPT_LINE, 1, 11);
	KUNIT_EXPECT_EQ(test, read(test, PCI_INTERRUPT_LINE, 2), 0x010b);
}

static void beyond_the_end_all_is_ones(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read(test, 0x100, 4), ~0u);
	KUNIT_EXPECT_EQ(test, read(test, 0xfe, 4), ~0u);
	KUNIT_EXPECT_EQ(test, read(test, 0x100, 1), 0xff);
	write(test, 0xfe, 4, 0);
	KUNIT_EXPECT_EQ(test, read(test, 0xfe, 2), 0);
}

static void the_capability_list_is_linked_in_order(struct kunit *test)
{
	static const u8 offsets[] = { 0x40, 0x70, 0x50, 0x60 };
	static const u8 ids[] = { PCI_CAP_ID_PM, PCI_CAP_ID_VNDR, PCI_CAP_ID_MSI, PCI_CAP_ID_MSIX };
	unsigned int i, at = read(test, PCI_CAPABILITY_LIST, 1);

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		KUNIT_EXPECT_EQ(test, at, offsets[i]);
		KUNIT_EXPECT_EQ(test, read(test, at, 1), ids[i]);
		at = read(test, at + PCI_CAP_LIST_NEXT, 1);
	}
	KUNIT_EXPECT_EQ(test, at, 0);
}

static void message_capabilities_tell_their_vectors(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read(test, 0x52, 2), PCI_MSI_FLAGS_64BIT | 3 << 1);
	KUNIT_EXPECT_EQ(test, read(test, 0x62, 2), 3);
	KUNIT_EXPECT_EQ(test, read(test, 0x64, 4), 0x104);
	KUNIT_EXPECT_EQ(test, read(test, 0x68, 4), 0x204);
	write(test, 0x62, 2, 0xffff);
	KUNIT_EXPECT_EQ(test, read(test, 0x62, 2),
			PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL | 3);
}

static void a_register_changes_in_its_writable_bits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read(test, 0x80, 4), 0x1234);
	write(test, 0x80, 4, ~0u);
	KUNIT_EXPECT_EQ(test, read(test, 0x80, 4), 0x12ff);
	vhw_config_force(test->priv, 0x81, 1, 0x56);
	KUNIT_EXPECT_EQ(test, read(test, 0x80, 2), 0x56ff);
}

static void a_reset_returns_to_power_on(struct kunit *test)
{
	struct vhw_config *config = test->priv;
	u8 before[PCI_CFG_SPACE_SIZE];
	int where;

	memcpy(before, config->bytes, sizeof(before));
	for (where = 0; where < PCI_CFG_SPACE_SIZE; where += 4)
		write(test, where, 4, ~0u);
	reset(config, &board);
	KUNIT_EXPECT_MEMEQ(test, config->bytes, before, sizeof(before));
}

static void an_express_function_has_the_far_space(struct kunit *test)
{
	reset(test->priv, &express);
	KUNIT_EXPECT_EQ(test, read(test, 0x100, 4), 0xff010003);
	KUNIT_EXPECT_EQ(test, read(test, 0x104, 4), 0x04030201);
	KUNIT_EXPECT_EQ(test, read(test, 0xff0, 4), 0x0002000b);
	write(test, 0xffc, 4, ~0u);
	KUNIT_EXPECT_EQ(test, read(test, 0xffc, 4), 0xff000000);
	KUNIT_EXPECT_EQ(test, read(test, 0x1000, 4), ~0u);
	KUNIT_EXPECT_EQ(test, read(test, 0x80 + PCI_CAP_LIST_NEXT, 1), 0);
}

static void d3hot_sleeps_and_its_end_resets(struct kunit *test)
{
	reset(test->priv, &express);
	KUNIT_EXPECT_FALSE(test, vhw_config_asleep(test->priv, &express));
	write(test, 0x44, 2, 3);
	KUNIT_EXPECT_TRUE(test, vhw_config_asleep(test->priv, &express));
	KUNIT_EXPECT_TRUE(test, vhw_config_wakes_reset(test->priv, &express));
	vhw_config_force(test->priv, 0x44, 2, PCI_PM_CTRL_NO_SOFT_RESET | 2);
	KUNIT_EXPECT_FALSE(test, vhw_config_asleep(test->priv, &express));
	KUNIT_EXPECT_FALSE(test, vhw_config_wakes_reset(test->priv, &express));
}

static void a_function_reset_is_a_bit_that_was_announced(struct kunit *test)
{
	struct vhw_config *config = test->priv;
	u32 control = 0x80 + PCI_EXP_DEVCTL;

	reset(config, &express);
	KUNIT_EXPECT_TRUE(test, vhw_config_resets(config, &express, control, 2, 0x8000));
	KUNIT_EXPECT_TRUE(test, vhw_config_resets(config, &express, control, 4, 0x8000));
	KUNIT_EXPECT_TRUE(test, vhw_config_resets(config, &express, control + 1, 1, 0x80));
	KUNIT_EXPECT_FALSE(test, vhw_config_resets(config, &express, control, 2, 0x7fff));
	KUNIT_EXPECT_FALSE(test, vhw_config_resets(config, &express, control, 1, 0x80));
	KUNIT_EXPECT_FALSE(test, vhw_config_resets(config, &express, control + 2, 2, 0x8000));
	vhw_config_force(config, 0x80 + PCI_EXP_DEVCAP, 4, 0);
	KUNIT_EXPECT_FALSE(test, vhw_config_resets(config, &express, control, 2, 0x8000));
}

static void a_function_has_its_pin_and_may_have_company(struct kunit *test)
{
	static const u8 pins[] = { 1, 2, 3, 4, 1, 2, 3, 4 };
	struct vhw_config *config = test->priv;
	unsigned int function;

	for (function = 0; function < VHW_FUNCTIONS; function++) {
		vhw_config_mark(config, function, true);
		KUNIT_EXPECT_EQ(test, read(test, PCI_INTERRUPT_PIN, 1), pins[function]);
		KUNIT_EXPECT_EQ(test, read(test, PCI_HEADER_TYPE, 1), 0x80);
	}
	vhw_config_mark(config, 0, false);
	KUNIT_EXPECT_EQ(test, read(test, PCI_HEADER_TYPE, 1), 0);
	write(test, PCI_CACHE_LINE_SIZE, 4, ~0u);
	KUNIT_EXPECT_EQ(test, read(test, PCI_CACHE_LINE_SIZE, 4), 0x0000ffff);
	reset(config, &express);
	vhw_config_mark(config, 2, true);
	KUNIT_EXPECT_EQ(test, read(test, PCI_INTERRUPT_PIN, 1), 0);
}

/* Models that cannot exist: each is the one above with one thing spoiled */
struct mistake {
	const char *name;
	void (*make)(struct vhw_model *model);
};

static void odd_bar(struct vhw_model *model) { model->bar[0].size = 96; }
static void tiny_bar(struct vhw_model *model) { model->bar[0].size = 8; }
static void half_bar(struct vhw_model *model) { model->bar[5].size = 64; }
static void last_bar(struct vhw_model *model)
{
	model->bar[5] = (struct vhw_bar) { .size = 64, .flags = VHW_BAR_64 };
	model->bar[4].size = 0;
	model->msix_vectors = 0;
}

static void low_capability(struct vhw_model *model) { model->msi_offset = 0x3c; }
static void high_capability(struct vhw_model *model) { model->msi_offset = 0xf4; }
static void odd_capability(struct vhw_model *model) { model->msi_offset = 0x52; }
static void overlapping_capability(struct vhw_model *model) { model->msi_offset = 0x44; }
static void overlapping_register(struct vhw_model *model) { model->msix_offset = 0x78; }
static void odd_vectors(struct vhw_model *model) { model->msi_vectors = 3; }
static void many_vectors(struct vhw_model *model) { model->msi_vectors = 64; }
static void table_outside(struct vhw_model *model) { model->msix_table = 0xff0; }
static void table_overlaps(struct vhw_model *model) { model->msix_pba = 0x138; }
static void endless_bar(struct vhw_model *model) { model->bar[0].size = 0x80000000; }
static void endless_table(struct vhw_model *model)
{
	model->bar[4].size = 0x20000;
	model->msix_table = 0;
	model->msix_pba = 0x10000;
	model->msix_vectors = 2049;
}

/* the far space needs PCI Express */
static void far_capability(struct vhw_model *model) { model->caps = express_caps + 2; }
/* and a beginning */
static const struct vhw_capability late_caps[] = {
	{ .id = PCI_CAP_ID_EXP, .offset = 0x80, .length = 0x3c },
	{ .id = PCI_EXT_CAP_ID_DSN, .version = 1, .offset = 0x104, .length = 12 },
	{}
};

static void late_capability(struct vhw_model *model)
{
	model->caps = late_caps;
	model->registers = NULL;
}

static void table_nowhere(struct vhw_model *model) { model->msix_bar = 3; }

static const struct mistake mistakes[] = {
	{ "a BAR whose size is not a power of two", odd_bar },
	{ "a BAR of 8 bytes", tiny_bar },
	{ "a 64-bit BAR whose upper half is taken", half_bar },
	{ "a 64-bit BAR without an upper half", last_bar },
	{ "a capability in the header", low_capability },
	{ "a capability beyond the end", high_capability },
	{ "a capability off alignment", odd_capability },
	{ "capabilities that overlap", overlapping_capability },
	{ "a register under a capability", overlapping_register },
	{ "three messages", odd_vectors },
	{ "sixty-four messages", many_vectors },
	{ "a table beyond its BAR", table_outside },
	{ "a table that overlaps its pending bits", table_overlaps },
	{ "a table in a BAR that is not there", table_nowhere },
	{ "a BAR of 2 GiB", endless_bar },
	{ "2049 vectors", endless_table },
	{ "an extended capability of conventional PCI", far_capability },
	{ "no extended capability at 0x100", late_capability },
};

static void describe(const struct mistake *mistake, char *text)
{
	strscpy(text, mistake->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mistake, mistakes, describe);

static void refuses(struct kunit *test)
{
	const struct mistake *mistake = test->param_value;
	struct vhw_model model = board;
	const char *why;

	KUNIT_ASSERT_EQ(test, vhw_config_check(&model, &why), 0);
	KUNIT_EXPECT_NULL(test, why);
	mistake->make(&model);
	KUNIT_EXPECT_EQ(test, vhw_config_check(&model, &why), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, why);
}

static int init(struct kunit *test)
{
	struct vhw_config *config = kunit_kzalloc(test, sizeof(*config), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, config);
	reset(config, &board);
	test->priv = config;
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(power_on_shows_identity_and_decodes_nothing),
	KUNIT_CASE(a_bar_tells_its_size_and_kind),
	KUNIT_CASE(a_bar_decodes_where_it_was_put_while_command_lets_it),
	KUNIT_CASE(a_write_changes_writable_bits_only),
	KUNIT_CASE(beyond_the_end_all_is_ones),
	KUNIT_CASE(the_capability_list_is_linked_in_order),
	KUNIT_CASE(message_capabilities_tell_their_vectors),
	KUNIT_CASE(a_register_changes_in_its_writable_bits),
	KUNIT_CASE(a_reset_returns_to_power_on),
	KUNIT_CASE(an_express_function_has_the_far_space),
	KUNIT_CASE(d3hot_sleeps_and_its_end_resets),
	KUNIT_CASE(a_function_reset_is_a_bit_that_was_announced),
	KUNIT_CASE(a_function_has_its_pin_and_may_have_company),
	KUNIT_CASE_PARAM(refuses, mistake_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "vhw-config",
	.init = init,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the virtual hardware's config space");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
