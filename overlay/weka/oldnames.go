package weka

import (
	"context"
	"errors"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// This file is the one place that knows what releases before 4.2 call containers and
// processes, hosts and nodes, and those before 5.1 tenants, organizations.

// either makes a call by the names of today, and where the release does not have them by
// those before. Nothing was done where the route is missing, so this is safe for calls
// that change something.
func either[T any](now, before func() (T, error)) (T, error) {
	result, err := now()
	if !errors.Is(err, ErrRouteMissing) {
		return result, err
	}
	if old, oldErr := before(); !errors.Is(oldErr, ErrRouteMissing) {
		return old, oldErr
	}
	return result, err
}

// ListContainers lists the containers of the cluster, those of clients too (operation
// getContainers; getHosts before release 4.2).
func (c *Client) ListContainers(ctx context.Context, options ...CallOption) ([]wekaapi.Container, error) {
	return either(
		func() ([]wekaapi.Container, error) { return c.Containers.GetContainers(ctx, nil, options...) },
		func() ([]wekaapi.Container, error) { return c.hosts(ctx, options) })
}

// host is a host as the container that it is called later.
type host struct {
	wekaapi.Container
	HostIP            string `json:"host_ip"`
	IONodes           int64  `json:"io_nodes"`
	MachineIdentifier string `json:"machine_identifier"`
}

func (c *Client) hosts(ctx context.Context, options []CallOption) ([]wekaapi.Container, error) {
	var hosts []host
	if err := c.api.Call(ctx, wekaapi.OpGetHosts, nil, nil, nil, &hosts, options...); err != nil {
		return nil, err
	}
	containers := make([]wekaapi.Container, len(hosts))
	for i, h := range hosts {
		h.ContainerIP, h.IOProcesses, h.ServerIdentifier = h.HostIP, h.IONodes, h.MachineIdentifier
		containers[i] = h.Container
	}
	return containers, nil
}

// ListProcesses lists the processes of the containers (operation getProcesses; getNodes
// before release 4.2).
func (c *Client) ListProcesses(ctx context.Context, options ...CallOption) ([]wekaapi.Process, error) {
	return either(
		func() ([]wekaapi.Process, error) { return c.Processes.GetProcesses(ctx, nil, options...) },
		func() ([]wekaapi.Process, error) { return c.nodes(ctx, options) })
}

// node is a node as the process that it is called later.
type node struct {
	wekaapi.Process
	HostID string `json:"host_id"`
}

func (c *Client) nodes(ctx context.Context, options []CallOption) ([]wekaapi.Process, error) {
	var nodes []node
	if err := c.api.Call(ctx, wekaapi.OpGetNodes, nil, nil, nil, &nodes, options...); err != nil {
		return nil, err
	}
	processes := make([]wekaapi.Process, len(nodes))
	for i, n := range nodes {
		n.ContainerID = n.HostID
		processes[i] = n.Process
	}
	return processes, nil
}

// ListTenants lists the tenants that the user may see (operation getTenants;
// getOrganizations before release 5.1).
func (c *Client) ListTenants(ctx context.Context, options ...CallOption) ([]wekaapi.Tenant, error) {
	return either(
		func() ([]wekaapi.Tenant, error) { return c.Tenant.GetTenants(ctx, options...) },
		func() ([]wekaapi.Tenant, error) {
			return c.Organization.GetOrganizations(ctx, options...) //nolint:staticcheck // the name before 5.1
		})
}

// CreateTenant makes a tenant and its first user, who administers it (operation
// createTenant; createOrganization before release 5.1). Quotas are bytes, which the
// cluster rounds to 4 KiB. A name that is taken is [ErrAlreadyExists].
func (c *Client) CreateTenant(ctx context.Context, body wekaapi.CreateTenantBody, options ...CallOption) (*wekaapi.Tenant, error) {
	return either(
		func() (*wekaapi.Tenant, error) { return c.Tenant.CreateTenant(ctx, body, options...) },
		func() (*wekaapi.Tenant, error) {
			return c.Organization.CreateOrganization(ctx, wekaapi.CreateOrganizationBody(body), options...) //nolint:staticcheck // the name before 5.1
		})
}

// DeleteTenant deletes a tenant that has no filesystem, with its users (operation
// deleteTenant; deleteOrganization before release 5.1).
func (c *Client) DeleteTenant(ctx context.Context, uid string, options ...CallOption) error {
	_, err := either(
		func() (any, error) { return nil, c.Tenant.DeleteTenant(ctx, uid, options...) },
		func() (any, error) {
			return nil, c.Organization.DeleteOrganization(ctx, uid, options...) //nolint:staticcheck // the name before 5.1
		})
	return err
}
