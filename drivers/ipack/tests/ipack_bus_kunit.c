// SPDX-License-Identifier: GPL-2.0
/*
 * The IndustryPack bus under a carrier without hardware: life times and refusals.
 */
#include <kunit/test.h>
#include <linux/ipack.h>
#include <linux/module.h>
#include <linux/slab.h>

static int released;
static int clock;

static int ok_request_irq(struct ipack_device *dev, irqreturn_t (*handler)(void *), void *arg)
{
	return 0;
}

static int ok(struct ipack_device *dev)
{
	return 0;
}

static int ok_set_clockrate(struct ipack_device *dev, int mherz)
{
	clock = mherz;
	return 0;
}

static const struct ipack_bus_ops carrier_ops = {
	.request_irq = ok_request_irq,
	.free_irq = ok,
	.get_clockrate = ok,
	.set_clockrate = ok_set_clockrate,
	.get_error = ok,
	.get_timeout = ok,
	.reset_timeout = ok,
};

static void release(struct ipack_device *dev)
{
	released++;
	kfree(dev);
}

/* A device whose ID space is missing: its initialisation fails, and it still is a device */
static struct ipack_device *failed_device_in(struct kunit *test, struct ipack_bus_device *bus,
					     unsigned int slot)
{
	struct ipack_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->bus = bus;
	dev->slot = slot;
	dev->release = release;
	KUNIT_EXPECT_EQ(test, ipack_device_init(dev), -ENODEV);
	return dev;
}

static struct ipack_device *failed_device(struct kunit *test, struct ipack_bus_device *bus)
{
	return failed_device_in(test, bus, 0);
}

static struct ipack_bus_device *new_bus(struct kunit *test)
{
	struct ipack_bus_device *bus = ipack_bus_register(test->priv, 1, &carrier_ops, THIS_MODULE);

	KUNIT_ASSERT_NOT_NULL(test, bus);
	return bus;
}

static void b1_all_devices_of_a_bus_go_with_it_and_no_others(struct kunit *test)
{
	struct ipack_bus_device *bus = new_bus(test), *other = new_bus(test);
	struct ipack_device *stays = failed_device_in(test, other, 0);

	KUNIT_ASSERT_EQ(test, ipack_device_add(stays), 0);
	for (int i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, ipack_device_add(failed_device_in(test, bus, i)), 0);
	released = 0;
	ipack_bus_unregister(bus);
	KUNIT_EXPECT_EQ(test, released, 3);
	ipack_bus_unregister(other);
	KUNIT_EXPECT_EQ(test, released, 4);
}

static void b2_a_bus_and_its_number_last_as_long_as_its_devices(struct kunit *test)
{
	struct ipack_bus_device *bus = new_bus(test), *next;
	struct ipack_device *dev = failed_device(test, bus);
	int nr = bus->bus_nr;

	KUNIT_EXPECT_EQ(test, ipack_bus_unregister(bus), 0);
	KUNIT_EXPECT_EQ(test, dev->bus->bus_nr, nr);
	KUNIT_EXPECT_EQ(test, dev->bus->ops->get_timeout(dev), -ENODEV);
	KUNIT_EXPECT_EQ(test, dev->bus->ops->request_irq(dev, NULL, NULL), -ENODEV);
	KUNIT_EXPECT_EQ(test, dev->bus->ops->set_clockrate(dev, 8), -ENODEV);

	next = new_bus(test);
	KUNIT_EXPECT_NE(test, next->bus_nr, nr);
	ipack_bus_unregister(next);

	ipack_put_device(dev);
	next = new_bus(test);
	KUNIT_EXPECT_EQ(test, next->bus_nr, nr);
	ipack_bus_unregister(next);
}

static void b7_a_device_that_was_not_initialised_is_given_up_by_put(struct kunit *test)
{
	struct ipack_bus_device *bus = new_bus(test);
	struct ipack_device *dev;

	released = 0;
	dev = failed_device(test, bus);
	KUNIT_EXPECT_EQ(test, released, 0);
	ipack_get_device(dev);
	ipack_put_device(dev);
	KUNIT_EXPECT_EQ(test, released, 0);
	ipack_put_device(dev);
	KUNIT_EXPECT_EQ(test, released, 1);
	ipack_bus_unregister(bus);
}

static void b12_a_carrier_without_all_operations_is_refused(struct kunit *test)
{
	void (*none)(void) = NULL;
	struct ipack_bus_ops ops;

	KUNIT_EXPECT_NULL(test, ipack_bus_register(test->priv, 1, NULL, THIS_MODULE));
	for (size_t at = 0; at < sizeof(ops); at += sizeof(none)) {
		ops = carrier_ops;
		memcpy((void *)&ops + at, &none, sizeof(none));
		KUNIT_EXPECT_NULL_MSG(test, ipack_bus_register(test->priv, 1, &ops, THIS_MODULE),
				      "without the operation at %zu", at);
	}
}

/* Whatever the carrier clocked a slot with before: the PROM of a module that stands 8 MHz only */
static void a_prom_is_read_at_8_mhz(struct kunit *test)
{
	struct ipack_bus_device *bus = new_bus(test);

	clock = 32;
	ipack_put_device(failed_device(test, bus));
	KUNIT_EXPECT_EQ(test, clock, 8);
	ipack_bus_unregister(bus);
}

static int never(struct ipack_device *dev)
{
	return -ENODEV;
}

static void b12_a_driver_without_probe_is_refused(struct kunit *test)
{
	static const struct ipack_driver_ops no_probe = {};
	struct ipack_driver driver = {};

	KUNIT_EXPECT_EQ(test, ipack_driver_register(&driver, THIS_MODULE, "kunit"), -EINVAL);
	driver.ops = &no_probe;
	KUNIT_EXPECT_EQ(test, ipack_driver_register(&driver, THIS_MODULE, "kunit"), -EINVAL);
}

static void b12_a_driver_without_a_table_matches_nothing(struct kunit *test)
{
	static const struct ipack_driver_ops ops = { .probe = never };
	static struct ipack_driver driver;
	struct ipack_bus_device *bus = new_bus(test);
	struct ipack_device *dev = failed_device(test, bus);

	driver.ops = &ops;
	KUNIT_ASSERT_EQ(test, ipack_driver_register(&driver, THIS_MODULE, "kunit"), 0);
	KUNIT_EXPECT_FALSE(test, driver.driver.bus->match(&dev->dev, &driver.driver));
	KUNIT_EXPECT_STREQ(test, driver.driver.mod_name, module_name(THIS_MODULE));
	ipack_driver_unregister(&driver);
	ipack_put_device(dev);
	ipack_bus_unregister(bus);
}

static int always(struct ipack_device *dev)
{
	return 0;
}

static void a_driver_may_do_without_remove(struct kunit *test)
{
	static const struct ipack_driver_ops ops = { .probe = always };
	static const struct ipack_device_id any[] = {
		{ IPACK_ANY_FORMAT, IPACK_ANY_ID, IPACK_ANY_ID },
		{}
	};
	static struct ipack_driver driver = { .ops = &ops, .id_table = any };
	struct ipack_bus_device *bus = new_bus(test);
	struct ipack_device *dev = failed_device(test, bus);

	KUNIT_ASSERT_EQ(test, ipack_driver_register(&driver, THIS_MODULE, "kunit"), 0);
	KUNIT_ASSERT_EQ(test, ipack_device_add(dev), 0);
	KUNIT_EXPECT_PTR_EQ(test, dev->dev.driver, &driver.driver);
	ipack_driver_unregister(&driver);
	KUNIT_EXPECT_PTR_EQ(test, dev->dev.driver, NULL);
	ipack_device_del(dev);
	ipack_bus_unregister(bus);
}

static int ipack_bus_test_init(struct kunit *test)
{
	test->priv = root_device_register("ipack-bus-kunit");
	return PTR_ERR_OR_ZERO(test->priv);
}

static void ipack_bus_test_exit(struct kunit *test)
{
	if (!IS_ERR_OR_NULL(test->priv))
		root_device_unregister(test->priv);
}

static struct kunit_case ipack_bus_cases[] = {
	KUNIT_CASE(b1_all_devices_of_a_bus_go_with_it_and_no_others),
	KUNIT_CASE(b2_a_bus_and_its_number_last_as_long_as_its_devices),
	KUNIT_CASE(b7_a_device_that_was_not_initialised_is_given_up_by_put),
	KUNIT_CASE(b12_a_carrier_without_all_operations_is_refused),
	KUNIT_CASE(b12_a_driver_without_probe_is_refused),
	KUNIT_CASE(b12_a_driver_without_a_table_matches_nothing),
	KUNIT_CASE(a_prom_is_read_at_8_mhz),
	KUNIT_CASE(a_driver_may_do_without_remove),
	{}
};

static struct kunit_suite ipack_bus_suite = {
	.name = "ipack_bus",
	.init = ipack_bus_test_init,
	.exit = ipack_bus_test_exit,
	.test_cases = ipack_bus_cases,
};

kunit_test_suite(ipack_bus_suite);

MODULE_DESCRIPTION("Tests of the IndustryPack bus");
MODULE_LICENSE("GPL");
