package wekatest

import (
	"strings"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// The roles that the cluster tells apart.
const (
	roleClusterAdmin = "ClusterAdmin"
	roleTenantAdmin  = "TenantAdmin"
	roleReadOnly     = "ReadOnly"
	roleCSI          = "CSI"
)

// clusterWide are the parts of the API that only an administrator of the cluster
// may change.
var clusterWide = []string{
	"/tenants", "/organizations", "/cluster", "/io/", "/containers", "/hosts", "/drives", "/license",
	"/lockoutPolicy", "/security/", "/tls", "/kms", "/ldap", "/wekaHome", "/traces", "/telemetry",
}

// allowed says whether a role may do an operation. What each role may do is the
// vendor's to say and changes; this is no more than the outline of it.
func allowed(role string, operation *simulator.Operation) bool {
	switch {
	case role == roleClusterAdmin, operation.ID == "whoAmI", operation.ID == "updateUserPassword":
		return true
	case operation.Class == "safe":
		return role == roleTenantAdmin || role == roleReadOnly || role == roleCSI
	case role != roleTenantAdmin && role != roleCSI:
		return false
	}
	for _, prefix := range clusterWide {
		if strings.HasPrefix(operation.Path, prefix) {
			return false
		}
	}
	return true
}
