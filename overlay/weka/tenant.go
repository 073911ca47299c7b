package weka

import (
	"cmp"
	"context"
	"strconv"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
)

// ForTenant makes a client that acts in one tenant (an organization before release 5.1),
// where it sees nothing but what is the tenant's: a session is bound to one, so the
// credentials are those of a user of it, who must exist. They are options such as
// [WithPassword] or [WithTokenFile]; others are [ErrInvalidArgument]. Backends, TLS,
// transport, retries, hooks and log are those of c, which must not be closed before it.
// It opens no connection, and has its own Close.
func (c *Client) ForTenant(name string, credentials ...Option) (*Client, error) {
	door := product
	door.Caller = "weka: ForTenant"
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
		origins: c.origins, base: c.base, wire: c.wire, endpoints: c.endpoints, release: c.release, borrowed: true,
	}
	if err := tenant.open(s); err != nil {
		return nil, err
	}
	return tenant, nil
}

// FindTenant finds a tenant by its name (operation getTenants; getOrganizations before
// release 5.1). [ErrNotFound] if there is none that the user may see.
func (c *Client) FindTenant(ctx context.Context, name string, options ...CallOption) (*wekaapi.Tenant, error) {
	all, err := c.ListTenants(ctx, options...)
	return find(all, err, wekaapi.OpGetTenants, "tenant "+strconv.Quote(name), func(t *wekaapi.Tenant) bool { return t.Name == name })
}

// FindUser finds a user of the client's own tenant by name (operation getUsers).
// [ErrNotFound] if there is none.
func (c *Client) FindUser(ctx context.Context, username string, options ...CallOption) (*wekaapi.User, error) {
	all, err := c.User.GetUsers(ctx, nil, options...)
	return find(all, err, wekaapi.OpGetUsers, "user "+strconv.Quote(username), func(u *wekaapi.User) bool { return u.Username == username })
}
