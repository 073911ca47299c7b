package weka_test

import (
	"context"
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// makeTenant makes a tenant, and a user and a filesystem in it. On releases before 5.1 it
// makes an organization.
func makeTenant(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	ada := wekaapi.CreateTenantBody{Name: "physics", Username: "ada", Password: weka.NewSecret("Lovelace1815")}
	if _, err := c.CreateTenant(ctx, ada); err != nil {
		return err
	}
	physics, err := c.ForTenant("physics", weka.WithPassword("ada", "Lovelace1815"))
	if err != nil {
		return err
	}
	defer physics.Close()

	name, secret, role := "grace", weka.NewSecret("Hopper1906"), wekaapi.UserRoleRegular
	if _, err := physics.Users.Create(ctx, wekaapi.CreateUserBody{Username: &name, Password: &secret, Role: &role}); err != nil {
		return err
	}
	user, err := physics.FindUser(ctx, "grace")
	if err != nil {
		return err
	}
	fmt.Println(user.Username, user.Role)
	body := wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 30}
	if _, err := physics.FileSystems.Create(ctx, body); err != nil {
		return err
	}
	for _, client := range []*weka.Client{physics, c} {
		all, err := client.FileSystems.List(ctx, nil)
		if err != nil {
			return err
		}
		fmt.Println(len(all), "filesystems")
	}
	return nil
}

func ExampleClient_ForTenant() {
	cluster, err := wekatest.Start(wekatest.Release("5.0")) // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	if err := makeTenant(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// grace Regular
	// 1 filesystems
	// 0 filesystems
}
