// Package weka is a client for the REST API of a WEKA cluster.
//
//	c, err := weka.New("weka01", weka.WithPassword("admin", os.Getenv("WEKA_PASSWORD")),
//		weka.WithCAFile("/etc/pki/weka-ca.pem"))
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	status, err := c.Cluster.GetClusterStatus(ctx)
//
// A [Client] has a typed method for every operation of the API, in services such as
// c.Filesystem and c.Quota. Request bodies and results are types of gen/wekaapi. A
// [CallOption] changes one call. [Client.Do] calls a route that the services do not have.
//
// # Workflows
//
// Common tasks have methods of the client. Each subject has an example:
//
//   - Filesystems: [Client.FindFileSystem], [Client.CreateFileSystemAndWait],
//     [Client.ResizeFileSystem], [Client.DeleteFileSystemAndWait].
//   - Quotas of directories, by path: [Client.SetQuota], [Client.SetQuotaAndWait],
//     [Client.GetQuota], [Client.AllQuotas], [Client.RemoveQuota],
//     [Client.RemoveQuotaAndWait].
//   - Snapshots: [Client.TakeSnapshot], [Client.FindSnapshot],
//     [Client.RestoreFileSystem], [Client.UploadSnapshotAndWait],
//     [Client.DeleteSnapshotAndWait].
//   - Tenants and users: [Client.CreateTenant], [Client.ListTenants],
//     [Client.FindTenant], [Client.DeleteTenant], [Client.FindUser], and
//     [Client.ForTenant] for a client of one tenant.
//   - NFS: [Client.EnsureClientGroup], [Client.EnsureNFSPermission].
//   - S3: [Client.FindS3Bucket], [Client.EnsureS3Bucket], [Client.ListS3Policies],
//     [ParseS3Policy].
//   - The cluster: [Client.GetOverview], [Client.ListContainers],
//     [Client.ListProcesses], [Client.AllEvents].
//
// Find methods return an object by name, or [ErrNotFound]. Ensure methods may be repeated.
// AndWait methods take a bound, and [OnProgress]. All methods use the older names of
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
// variables, such as [ErrNotFound], not by its status: clusters report a missing object as
// 400, 404 or 500. The same goes for missing tokens: [ErrBadCredentials], [ErrLockedOut],
// [ErrSessionEnded], [ErrTokenRejected], [ErrNoCredentials].
//
// Details are for errors.As: [ValidationError] has the parameters that are missing, wrong
// or unknown, [RouteMissingError] the release that has the operation, [EndpointsError] the
// failures of the backends, [LockedOutError] the end of a lockout, [WaitError] what a wait
// saw last.
//
// # Sessions
//
// A client logs in with the first call that needs it, renews its token before it expires,
// and replaces it once after a 401. It does not log in because of a 403, sends a wrong
// password once, and sends no login while the account is locked. Its token is sent to its
// own addresses only, and to the backends of [WithDiscovery].
//
// Credentials are a password ([WithPassword], [WithPasswordFunc]), the session of the
// vendor's command line ([WithTokenFile], [WithTokenProfile]), a token
// ([WithAccessToken], [WithTokenFunc]) or those of the environment ([FromEnv]).
// [WithTokenCache] and [WithTokenStore] share a session with other processes.
//
// # Backends
//
// [New] takes several backends, "weka01,weka02,weka03". Calls are spread over those that
// respond. One that fails is set aside and probed until it responds again.
// [WithDiscovery] asks the cluster for further backends.
//
// # Retries
//
// A failed call is sent again if that may help and cannot do harm: see [WithRetryPolicy]. A
// call that creates something is sent again only if the cluster cannot have acted. The
// deadline of the context limits a call, [WithAttemptTimeout] a single attempt without
// progress. [WithReadOnly] makes a client that changes nothing.
//
// # Observability
//
// [WithLogger] logs to a slog.Logger, [WithHooks] and [WithSessionHook] call functions of
// yours, for metrics. They get no headers, bodies or queries. The module overlay/telemetry
// makes OpenTelemetry spans and metrics of them. [WithDump] writes requests and responses
// for debugging, without secrets.
//
// # Releases
//
// A cluster rejects parameters that only newer releases have, so fields that you do not set
// are not sent. [Client.Release] returns the release of the cluster, [Operations] the first
// release of each operation.
//
// # Testing
//
// Package wekatest simulates a cluster, like net/http/httptest.
package weka
