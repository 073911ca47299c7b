package weka

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

// ForTenant makes a client of one tenant (an organization before release 5.1), which sees
// the objects of that tenant only. The credentials are options such as [WithPassword] or
// [WithTokenFile] of a user of the tenant, who must exist, since a session belongs to one
// tenant. Other options are [ErrInvalidArgument]: the new client uses the backends, TLS,
// transport, retries, hooks and logger of c. It opens no connection. Close it before you
// close c.
func (c *Client) ForTenant(name string, credentials ...Option) (*Client, error) {
	door := product
	door.Caller = "weka: ForTenant"
	name = connect.TrimNewline(name)
	s, err := connect.Apply(&door, credentials)
	if err != nil {
		return nil, err
	}
	other := s.NotOfSession()
	switch {
	case name == "":
		return nil, door.Invalid("the name of the tenant is empty")
	case other != "":
		return nil, door.Invalid("%s is not a credential: pass it to New", other)
	case !s.HasCredentials():
		return nil, door.Invalid("%w: pass those of a user of %s", ErrNoCredentials, strconv.Quote(name))
	}
	s.Inherit(&c.inherited)
	s.Organization, s.ClusterName = name, cmp.Or(s.ClusterName, c.inherited.ClusterName)
	tenant := &Client{
		wire: c.wire, endpoints: c.endpoints, release: c.release, borrowed: true,
	}
	if err := tenant.open(s); err != nil {
		return nil, err
	}
	return tenant, nil
}

// ListTenants returns the tenants that the user may see (operation getTenants;
// getOrganizations before release 5.1).
func (c *Client) ListTenants(ctx context.Context, options ...CallOption) ([]wekaapi.Tenant, error) {
	return withOldName(
		func() ([]wekaapi.Tenant, error) { return c.Tenants.List(ctx, options...) },
		func() ([]wekaapi.Tenant, error) {
			return c.Organizations.List(ctx, options...) //nolint:staticcheck // the name before 5.1
		})
}

// CreateTenant makes a tenant and its first user, its administrator (operation
// createTenant; createOrganization before release 5.1). Quotas are in bytes; the cluster
// rounds them to 4 KiB. If the name is taken, the error is [ErrAlreadyExists].
func (c *Client) CreateTenant(ctx context.Context, body wekaapi.CreateTenantBody, options ...CallOption) (*wekaapi.Tenant, error) {
	return withOldName(
		func() (*wekaapi.Tenant, error) { return c.Tenants.Create(ctx, body, options...) },
		func() (*wekaapi.Tenant, error) {
			return c.Organizations.Create(ctx, wekaapi.CreateOrganizationBody(body), options...) //nolint:staticcheck // the name before 5.1
		})
}

// DeleteTenant deletes a tenant without filesystems, and its users (operation
// deleteTenant; deleteOrganization before release 5.1).
func (c *Client) DeleteTenant(ctx context.Context, uid string, options ...CallOption) error {
	_, err := withOldName(
		func() (any, error) { return nil, c.Tenants.Delete(ctx, uid, options...) },
		func() (any, error) {
			return nil, c.Organizations.Delete(ctx, uid, options...) //nolint:staticcheck // the name before 5.1
		})
	return err
}

// FindTenant returns the tenant with that name (operation getTenants; getOrganizations
// before release 5.1), or [ErrNotFound] if the user sees none.
func (c *Client) FindTenant(ctx context.Context, name string, options ...CallOption) (*wekaapi.Tenant, error) {
	all, err := c.ListTenants(ctx, options...)
	return find(all, err, wekaapi.OpGetTenants, "tenant "+strconv.Quote(name), func(t *wekaapi.Tenant) bool { return t.Name == name })
}

// EnsureUser returns the user of the client's tenant with the name in body, and creates it
// if there is none (operations getUsers and createUser). It may be repeated. A user who
// exists keeps role and password.
func (c *Client) EnsureUser(ctx context.Context, body wekaapi.CreateUserBody) (user *wekaapi.User, created bool, err error) {
	if body.Username == nil {
		return nil, false, fmt.Errorf("weka: ensure a user: %w: the user has no name", ErrInvalidArgument)
	}
	return ensure(
		func() (*wekaapi.User, error) { return c.FindUser(ctx, *body.Username) },
		func() (*wekaapi.User, error) { return c.Users.Create(ctx, body) })
}

// FindUser returns the user of the client's tenant with that name (operation getUsers), or
// [ErrNotFound].
func (c *Client) FindUser(ctx context.Context, username string, options ...CallOption) (*wekaapi.User, error) {
	all, err := c.Users.List(ctx, nil, options...)
	return find(all, err, wekaapi.OpGetUsers, "user "+strconv.Quote(username), func(u *wekaapi.User) bool { return u.Username == username })
}
