package weka_test

import (
	"context"
	"fmt"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/overlay/weka/wekatest"
)

// shareOverNFS lets machines mount a filesystem over NFS. It may be repeated.
func shareOverNFS(ctx context.Context, address, password, caFile string) error {
	c, err := weka.New(address, weka.WithPassword("admin", password), weka.WithCAFile(caFile))
	if err != nil {
		return err
	}
	defer c.Close()

	clients := weka.NFSClients{IPs: []string{"10.1.0.0/255.255.0.0"}, Names: []string{"*.example.com"}}
	group, err := c.EnsureClientGroup(ctx, "workstations", clients)
	if err != nil {
		return err
	}
	readOnly := wekaapi.NFSPermissionTypeRO
	permission, err := c.EnsureNFSPermission(ctx, wekaapi.AddNFSPermissionBody{
		Filesystem: "projects", Group: group.Name, PermissionType: &readOnly,
	})
	if err != nil {
		return err
	}
	fmt.Println(len(group.Rules), "rules,", permission.PermissionType, "on", permission.Path)
	return nil
}

func ExampleClient_EnsureNFSPermission() {
	cluster, err := wekatest.Start() // a simulator
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()
	cluster.Seed("/fileSystems", map[string]any{"name": "projects"})
	for range 2 {
		if err := shareOverNFS(context.Background(), cluster.URL, "admin", cluster.CAFile()); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(cluster.Count("addClientGroupRule"), cluster.Count("addNfsPermission"), cluster.Count("updateNfsPermission"))
	// Output:
	// 2 rules, RO on /
	// 2 rules, RO on /
	// 2 1 0
}
