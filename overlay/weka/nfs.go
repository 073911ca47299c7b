package weka

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
)

// NFSClients are the machines of a client group: IPs are addresses or subnets, as
// "10.1.0.7" or "10.1.0.0/255.255.0.0", Names are host names, as "*.example.com".
type NFSClients struct {
	IPs, Names []string
}

// EnsureClientGroup makes sure that a client group has at least those machines, and returns
// it (operations getClientGroups, createClientGroup and addClientGroupRule). Existing rules
// stay, so it may be repeated, also by several programs at once. A rule exists if one with
// the same text does.
func (c *Client) EnsureClientGroup(ctx context.Context, name string, clients NFSClients) (*wekaapi.ClientGroup, error) {
	group, err := c.findClientGroup(ctx, name)
	if errors.Is(err, ErrNotFound) {
		if _, err = c.NFS.CreateClientGroup(ctx, wekaapi.CreateClientGroupBody{Name: name}); err == nil || errors.Is(err, ErrAlreadyExists) {
			group, err = c.findClientGroup(ctx, name)
		}
	}
	if err != nil {
		return nil, err
	}
	var missing []wekaapi.AddClientGroupRuleBody
	for _, ip := range clients.IPs {
		missing = append(missing, wekaapi.AddClientGroupRuleBody{IP: &ip})
	}
	for _, host := range clients.Names {
		missing = append(missing, wekaapi.AddClientGroupRuleBody{DNS: &host})
	}
	missing = slices.DeleteFunc(missing, func(rule wekaapi.AddClientGroupRuleBody) bool { return hasRule(group, rule) })
	for _, rule := range missing {
		if err := c.NFS.AddClientGroupRule(ctx, group.UID, rule); err != nil && !errors.Is(err, ErrAlreadyExists) {
			return nil, err
		}
	}
	if len(missing) == 0 {
		return group, nil
	}
	return c.NFS.GetClientGroup(ctx, group.UID)
}

func (c *Client) findClientGroup(ctx context.Context, name string) (*wekaapi.ClientGroup, error) {
	all, err := c.NFS.ListClientGroups(ctx)
	return find(all, err, wekaapi.OpGetClientGroups, "client group "+strconv.Quote(name), func(g *wekaapi.ClientGroup) bool { return g.Name == name })
}

func hasRule(group *wekaapi.ClientGroup, rule wekaapi.AddClientGroupRuleBody) bool {
	return slices.ContainsFunc(group.Rules, func(existing wekaapi.ClientGroupRule) bool {
		return rule.IP != nil && existing.Rule == *rule.IP || rule.DNS != nil && existing.Rule == *rule.DNS
	})
}

// EnsureNFSPermission makes sure that a client group may mount a filesystem, or a directory
// in it, as the body says, and returns the permission (operations getNfsPermissions,
// addNfsPermission and updateNfsPermission). Group and filesystem are names; without a
// path it is "/". An existing permission is changed only if it differs from the body, so
// it may be repeated. Members that responses do not show (acl_type, force_acl_type,
// priority) are sent each time.
func (c *Client) EnsureNFSPermission(ctx context.Context, body wekaapi.AddNFSPermissionBody) (*wekaapi.NFSPermission, error) {
	there, err := c.findNFSPermission(ctx, &body)
	switch {
	case errors.Is(err, ErrNotFound):
		if _, err := c.NFS.AddPermission(ctx, body); err != nil && !errors.Is(err, ErrAlreadyExists) {
			return nil, err
		}
	case err != nil:
		return nil, err
	case !differs(there, &body):
		return there, nil
	default:
		if _, err := c.NFS.UpdatePermission(ctx, there.UID, changeOf(&body)); err != nil {
			return nil, err
		}
	}
	return c.findNFSPermission(ctx, &body)
}

func (c *Client) findNFSPermission(ctx context.Context, body *wekaapi.AddNFSPermissionBody) (*wekaapi.NFSPermission, error) {
	path := "/"
	if body.Path != nil {
		path = *body.Path
	}
	all, err := c.NFS.ListPermissions(ctx, nil)
	what := "permission of " + strconv.Quote(body.Group) + " on " + path + " of filesystem " + strconv.Quote(body.Filesystem)
	return find(all, err, wekaapi.OpGetNFSPermissions, what, func(p *wekaapi.NFSPermission) bool {
		return p.Filesystem == body.Filesystem && p.Group == body.Group && p.Path == path
	})
}

// changeOf is the part of a body that can be changed later.
func changeOf(body *wekaapi.AddNFSPermissionBody) wekaapi.UpdateNFSPermissionBody {
	return wekaapi.UpdateNFSPermissionBody{
		ACLType: body.ACLType, AnonGID: body.AnonGID, AnonUID: body.AnonUID, EnableAuthTypes: body.EnableAuthTypes,
		ForceACLType: body.ForceACLType, ObsDirect: body.ObsDirect, PermissionType: body.PermissionType,
		Priority: body.Priority, SquashMode: body.SquashMode, SupportedVersions: body.SupportedVersions,
	}
}

// differs reports whether a permission is not what the body says.
func differs(there *wekaapi.NFSPermission, body *wekaapi.AddNFSPermissionBody) bool {
	return body.ACLType != nil || body.ForceACLType != nil || body.Priority != nil ||
		unlike(there.PermissionType, body.PermissionType) || unlike(there.SquashMode, body.SquashMode) ||
		body.ObsDirect != nil && *body.ObsDirect != there.ObsDirect ||
		otherID(there.AnonUID, body.AnonUID) || otherID(there.AnonGID, body.AnonGID) ||
		otherSet(there.SupportedVersions, body.SupportedVersions) || otherSet(there.EnableAuthTypes, body.EnableAuthTypes)
}

func unlike[T ~string](there string, wanted *T) bool {
	return wanted != nil && there != string(*wanted)
}

// otherID compares with an id, which responses have as text.
func otherID(there string, wanted *int64) bool {
	return wanted != nil && there != strconv.FormatInt(*wanted, 10)
}

// otherSet compares lists in any order.
func otherSet[T ~string](there []string, wanted []T) bool {
	if wanted == nil {
		return false
	}
	names := make([]string, 0, len(wanted))
	for _, name := range wanted {
		names = append(names, string(name))
	}
	return !slices.Equal(slices.Sorted(slices.Values(there)), slices.Sorted(slices.Values(names)))
}
