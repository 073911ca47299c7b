// Package weka is a client for the REST API of a WEKA cluster.
//
//	c, err := weka.New("weka01", weka.WithPassword("admin", os.Getenv("WEKA_PASSWORD")),
//		weka.WithCAFile("/etc/pki/weka-ca.pem"))
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	status, err := c.Cluster.GetStatus(ctx)
//
// A [Client] has a typed method for every operation of the API, in services such as
// c.FileSystems and c.Quotas. Request bodies and results are types of gen/wekaapi. A
// [CallOption] changes one call. [Client.Call] calls an operation by its id, and [Client.Do] a
// route that the services do not have.
//
// # Workflows
//
// Common tasks have methods of the client. Each subject has an example:
//
//   - Filesystems: [Client.FindFileSystem], [Client.EnsureFileSystem],
//     [Client.CreateFileSystemAndWait], [Client.WaitFileSystem],
//     [Client.ResizeFileSystem], [Client.DeleteFileSystemAndWait].
//   - Quotas of directories, by path: [Client.SetQuota], [Client.EnsureQuota], [Client.SetQuotaAndWait],
//     [Client.GetQuota], [Client.AllQuotas], [Client.RemoveQuota],
//     [Client.RemoveQuotaAndWait].
//   - Snapshots: [Client.TakeSnapshot], [Client.FindSnapshot], [Client.EnsureSnapshot],
//     [Client.RestoreFileSystem], [Client.UploadSnapshotAndWait], [Client.WaitSnapshot],
//     [Client.DeleteSnapshotAndWait].
//   - Tenants and users: [Client.CreateTenant], [Client.ListTenants],
//     [Client.FindTenant], [Client.DeleteTenant], [Client.FindUser], [Client.EnsureUser], and
//     [Client.ForTenant] for a client of one tenant.
//   - NFS: [Client.EnsureClientGroup], [Client.EnsureNFSPermission].
//   - S3: [Client.FindS3Bucket], [Client.EnsureS3Bucket], [Client.ListS3Policies],
//     [ParseS3Policy].
//   - The cluster: [Client.GetOverview], [Client.ListContainers],
//     [Client.ListProcesses], [Client.AllEvents].
//
// Find methods return an object by name, or [ErrNotFound]. Ensure methods may be repeated.
// Waits, such as [Client.WaitTask] for background tasks, take a bound, and [OnProgress]. All methods use the older names of
// earlier releases where needed.
//
// # Lists
//
// If the API returns a list in pages, a generated method returns one page, and an iterator
// named All returns all items:
//
//	for event, err := range c.AllEvents(ctx, weka.EventsSince(yesterday)) { … }
//
// # Errors
//
// The error of a call is an [*Error]. Test for its class with errors.Is and the Err
// variables, such as [ErrNotFound] or [ErrBadCredentials], not by its status: clusters
// report a missing object as 400, 404 or 500. [ErrOutcomeUnknown] beside the class means
// that the call may have taken effect. errors.As gets details: [ValidationError],
// [RouteMissingError], [EndpointsError], [LockedOutError], [WaitError].
//
// # Sessions and backends
//
// A client logs in with the first call that needs it, renews its token before it expires,
// and replaces it once after a 401. It sends a wrong password once, to two backends if there
// are several, and no login while the account is locked. Credentials are a password ([WithPassword]), the session of the
// vendor's command line ([WithTokenFile]), a token ([WithAccessToken], [WithTokenFunc]) or
// those of the environment ([FromEnv]). [WithTokenCache] and [WithTokenStore] share a
// session with other processes.
//
// [New] takes several backends, "weka01,weka02,weka03", and spreads calls over those that
// respond. One that rejects a token or a login which another accepts is set aside.
// [WithDiscovery] asks the cluster for more. A failed call is sent again if that cannot do
// harm: see [WithRetryPolicy]. [WithLogger], [WithHooks] and [WithSessionHook]
// observe a client, as does the module overlay/telemetry with OpenTelemetry. [WithDump]
// shows requests and responses without secrets.
//
// Package wekatest simulates a cluster for tests, like net/http/httptest.
package weka
