package weka_test

import (
	"context"
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// Let machines mount a filesystem over NFS. To do it twice is to do it once.
func ExampleClient_EnsureNFSPermission() {
	onCluster(func(ctx context.Context, c *weka.Client, cluster *wekatest.Server) error {
		if _, err := c.Filesystem.CreateFileSystem(ctx, wekaapi.CreateFileSystemBody{Name: "projects", GroupName: "default", TotalCapacity: 1 << 40}); err != nil {
			return err
		}
		readOnly := wekaapi.NFSPermissionTypeRO
		for range 2 {
			group, err := c.EnsureClientGroup(ctx, "workstations", weka.NFSClients{IPs: []string{"10.1.0.0/255.255.0.0"}, Names: []string{"*.example.com"}})
			if err != nil {
				return err
			}
			permission, err := c.EnsureNFSPermission(ctx, wekaapi.AddNFSPermissionBody{Filesystem: "projects", Group: group.Name, PermissionType: &readOnly})
			if err != nil {
				return err
			}
			fmt.Println(len(group.Rules), "rules,", permission.PermissionType, "on", permission.Path)
		}
		fmt.Println(cluster.Count("addClientGroupRule"), cluster.Count("addNfsPermission"), cluster.Count("updateNfsPermission"))
		return nil
	})
	// Output:
	// 2 rules, RO on /
	// 2 rules, RO on /
	// 2 1 0
}
