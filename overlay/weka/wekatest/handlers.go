package wekatest

import (
	"maps"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// behaviors are what a cluster adds to the default behavior of collections. Those with an
// old name share that of the new one.
func (c *cluster) behaviors() map[string]simulator.Behavior {
	return map[string]simulator.Behavior{
		"/fileSystems":        c.filesystemBehavior(),
		"/fileSystemGroups":   c.groupBehavior(),
		"/objectStoreBuckets": c.objectStoreBehavior(),
		"/snapshots":          c.snapshotBehavior(),
		"/tenants":            c.tenantBehavior(),
		"/organizations":      {},
		"/users":              c.userBehavior(),
		"/nfs/permissions":    c.permissionBehavior(),
		"/nfs/clientGroups":   c.clientGroupBehavior(),
		"/interfaceGroups":    c.interfaceGroupBehavior(),
		"/containers":         c.containerBehavior(),
		"/hosts":              {},
		"/processes":          c.processBehavior(),
		"/nodes":              {},
		"/drives":             {},
		"/alerts":             {},
		"/events":             c.eventBehavior(),
		"/tasks":              c.taskBehavior(),
		"/s3/buckets":         c.bucketBehavior(),
		"/s3/serviceAccounts": {Complete: c.completeServiceAccount},
		"/security/policies":  securityPolicyBehavior(),
	}
}

// handlers are those of the collections, and the cluster's own.
func (c *cluster) handlers() map[string]simulator.Handler {
	all := c.store.Handlers()
	for _, own := range []map[string]simulator.Handler{
		c.accessHandlers(), c.securityPolicyHandlers(), c.dataHandlers(), c.serviceHandlers(),
	} {
		maps.Copy(all, own)
	}
	for operation, handler := range all {
		all[operation] = c.around(handler)
	}
	return all
}

// accessHandlers are the handlers of sessions, users and tenants.
func (c *cluster) accessHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"login":                     c.login,
		"refreshToken":              c.refresh,
		"getTokensExpiry":           c.getLifetimes,
		"getTokensExpiryDeprecated": c.getLifetimes,
		"setTokensExpiry":           c.setLifetimes,
		"getLockoutPolicy":          c.getLockout,
		"setLockoutPolicy":          c.setLockout,
		"resetLockoutPolicy":        c.resetLockout,

		"whoAmI":                 c.whoAmI,
		"updateUserPassword":     c.changePassword,
		"setUserPassword":        c.onUser(setPassword),
		"revokeUser":             c.onUser(c.revokeUser),
		"resetUserS3Credentials": c.onUser(resetCredentials),

		"getMultipleTenantsExist":   c.severalTenants,
		"getMultipleOrgExist":       c.severalTenants,
		"setTenantLimit":            c.on("/tenants", c.updateTenant),
		"setOrganizationLimit":      c.on("/tenants", c.updateTenant),
		"updateTenantOptions":       c.on("/tenants", c.updateTenant),
		"updateOrganizationOptions": c.on("/tenants", c.updateTenant),
		"revokeTenantTokens":        c.on("/tenants", c.revokeTenant),
		"revokeOrganizationTokens":  c.on("/tenants", c.revokeTenant),
	}
}

// dataHandlers are those of filesystems, their directories and quotas, and of snapshots.
func (c *cluster) dataHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"createFileSystem":  c.createFilesystem,
		"updateFileSystem":  c.onFilesystem(c.updateFilesystem),
		"deleteFileSystem":  c.onFilesystem(c.deleteFilesystem),
		"getFreeSpaceInOrg": c.freeSpace,
		"getMountToken":     c.onFilesystem(c.mountToken),

		"attachObsBucketToFs":   c.onFilesystem(c.attachBucket),
		"attachObsToFs":         c.onFilesystem(c.attachBucket),
		"detachObsBucketFromFS": c.onFilesystem(c.detachBucket),
		"detachObsFromFS":       c.onFilesystem(c.detachBucket),
		"getObsCapacities":      c.bucketCapacities,

		"resolvePath":            c.onFilesystem(c.resolvePath),
		"getFilesystemInodePath": c.onDirectory(pathOfInode),
		"resolveFilesystemInode": c.onDirectory(pathOfInode),
		"listQuotas":             c.onFilesystem(c.listQuotas),
		"getQuota":               c.onQuota(getQuota),
		"putQuota":               c.onQuota(c.setQuota),
		"patchQuota":             c.onQuota(c.setQuota),
		"deleteQuota":            c.onQuota(c.deleteQuota),
		"getQuotaDeprecated":     c.mapQuotas,
		"getQuotaBatch":          c.batchQuotas,
		"listDefaultQuotas":      c.onFilesystem(listDefaultQuotas),
		"putDefaultQuota":        c.onDirectory(setDefaultQuota),
		"deleteDefaultQuota":     c.onDirectory(deleteDefaultQuota),

		"queryCatalog":        c.onCatalog(queryCatalog),
		"queryCatalogDiff":    c.onCatalog(queryCatalogDiff),
		"prepareSnapshotDiff": c.prepareSnapshotDiff,
		"getSnapshotDiff":     c.snapshotDiff,

		"uploadSnapshot":                c.on("/snapshots", c.uploadSnapshot),
		"restoreFileSystemFromSnapshot": c.restore,
		"copySnapshot":                  c.on("/snapshots", c.copySnapshot),
		"downloadSnapshot":              c.downloadSnapshot,
	}
}

// serviceHandlers are those of the cluster as a whole, its tasks and events, and of NFS and
// S3.
func (c *cluster) serviceHandlers() map[string]simulator.Handler {
	return map[string]simulator.Handler{
		"getApiHealth":     apiHealth,
		"getClusterStatus": c.getStatus,
		"getStats":         c.stats,
		"getRealTimeStats": c.realTimeStats,
		"muteAlertByType":  c.mute(true), "unmuteAlertByType": c.mute(false),

		"abortTask":  c.onTask(c.abortTask),
		"pauseTask":  c.onTask(pauseTask),
		"resumeTask": c.onTask(resumeTask),

		"getEvents":          c.events,
		"getLocalEvents":     c.localEvents,
		"triggerCustomEvent": func(*simulator.Request) simulator.Response { return success(nil) },

		"addNfsPermission":      c.addPermission,
		"updateNfsPermission":   c.on("/nfs/permissions", c.updatePermission),
		"addClientGroupRule":    c.on("/nfs/clientGroups", c.addRule),
		"deleteClientGroupRule": c.on("/nfs/clientGroups", deleteRule),

		"createInterfaceGroupIp":           c.onInterfaceGroup(addIPs),
		"deleteIpRangeFromInterfaceGroup":  c.onInterfaceGroup(deleteIPs),
		"addPortToInterfaceGroup":          c.onInterfaceGroup(c.addPort),
		"addInterfaceGroupPort":            c.onInterfaceGroup(c.addPort),
		"deletePortFromInterfaceGroup":     c.onInterfaceGroup(deletePort),
		"getInterfaceGroupsListAssignment": c.assignments,

		"getS3Cluster":            c.s3Cluster,
		"createS3Cluster":         c.createS3Cluster,
		"updateS3Cluster":         c.updateS3Cluster,
		"deleteS3Cluster":         c.deleteS3Cluster,
		"getS3ContainersAreReady": c.s3Ready,
		"getS3BucketPolicy":       c.onBucket(bucketPolicy),
		"setS3BucketPolicy":       c.onBucket(setBucketPolicy),
		"getS3BucketPolicyJson":   c.onBucket(bucketPolicyJSON),
		"setS3BucketPolicyJson":   c.onBucket(setBucketPolicyJSON),
		"setS3BucketQuota":        c.onBucket(setBucketQuota),
		"unsetS3BucketQuota":      c.onBucket(setBucketQuota),
		"getS3Policies":           c.s3Policies,
		"createS3Policy":          c.createS3Policy,
		"getS3Policy":             c.s3Policy,
		"deleteS3Policy":          c.deleteS3Policy,
		"attachS3Policy":          c.attachPolicy,
		"detachS3Policy":          c.detachPolicy,
		"getS3UserPolicies":       c.userPolicies,
		"createS3ServiceAccount":  c.createServiceAccount,
	}
}
