package weka_test

import (
	"context"
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Make a tenant and act in it, where nothing else is to be seen. On releases before 5.1
// the same calls make an organization.
func ExampleClient_ForTenant() {
	onCluster(func(ctx context.Context, c *weka.Client, _ *wekatest.Server) error {
		if _, err := c.CreateTenant(ctx, wekaapi.CreateTenantBody{Name: "physics", Username: "ada", Password: weka.NewSecret("Lovelace1815")}); err != nil {
			return err
		}
		physics, err := c.ForTenant("physics", weka.WithPassword("ada", "Lovelace1815"))
		if err != nil {
			return err
		}
		defer physics.Close()

		name, password, role := "grace", weka.NewSecret("Hopper1906"), wekaapi.UserRoleRegular
		if _, err := physics.User.CreateUser(ctx, wekaapi.CreateUserBody{Username: &name, Password: &password, Role: &role}); err != nil {
			return err
		}
		user, err := physics.FindUser(ctx, "grace")
		if err != nil {
			return err
		}
		fmt.Println(user.Username, user.Role)
		if _, err := physics.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: "fs1", GroupName: "default", TotalCapacity: 1 << 30}); err != nil {
			return err
		}
		for _, client := range []*weka.Client{physics, c} {
			all, err := client.Filesystem.GetFileSystems(ctx, nil)
			if err != nil {
				return err
			}
			fmt.Println(len(all), "filesystems")
		}
		return nil
	}, wekatest.Release("5.0"))
	// Output:
	// grace Regular
	// 1 filesystems
	// 0 filesystems
}
