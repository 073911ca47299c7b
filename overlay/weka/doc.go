// Package weka is the front door to a WEKA cluster's REST API.
//
//	c, err := weka.New("weka01", weka.WithPassword("admin", os.Getenv("WEKA_PASSWORD")),
//		weka.WithCAFile("/etc/pki/weka-ca.pem"))
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	status, err := c.Cluster.GetClusterStatus(ctx)
//
// A [Client] has every operation of the API as a typed method, grouped into
// services; their bodies and results are the types of gen/wekaapi. What the document
// does not know goes through [Client.Do]. [CallOption] changes a single call.
//
// # Workflows
//
// What programs come for most is a few lines, each with an example that runs:
//
//   - Connect and stay connected: [New], below.
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
//     [Client.ForTenant] for a client that acts in one of them.
//   - NFS: [Client.EnsureClientGroup], [Client.EnsureNFSPermission].
//   - The overview: [Client.GetOverview], [Client.ListContainers],
//     [Client.ListProcesses], [Client.AllEvents].
//   - S3: [Client.FindS3Bucket], [Client.EnsureS3Bucket], [Client.ListS3Policies],
//     [ParseS3Policy], and the operations of c.S3 for policies and keys.
//
// Methods Find… look for a name and are [ErrNotFound] without it. Ensure… may be done
// again without harm. …AndWait take a bound, and [OnProgress]. Where earlier releases have
// other names for the same, these methods know them.
//
// # Backends
//
// [New] takes several backends, "weka01,weka02,weka03". Calls are spread over those that
// answer, and go on while one of them does; one that failed is left alone and probed
// until it is back. [WithDiscovery] asks the cluster for the others. With none left, the
// error holds an [EndpointsError] that names each with its reason.
//
// # Sessions
//
// A client logs in when the first call needs it, renews its token before it expires,
// and answers a 401 with one new token and one more try. It never logs in because of
// a 403, never sends a wrong password twice, and leaves a locked account alone until
// the lock is over. Its token goes to the client's own addresses, and to backends that
// the cluster named where [WithDiscovery] asked it to, and nowhere else.
//
// Credentials are a password ([WithPassword], [WithPasswordFunc]), the session of the
// vendor's command line ([WithTokenFile], [WithTokenProfile]), a token
// ([WithAccessToken], [WithTokenFunc]) or what the environment has ([FromEnv]).
// [WithTokenCache] and [WithTokenStore] share a session with other processes.
//
// # Failures
//
// A call that fails is sent again where that can help and does no harm, as
// [WithRetryPolicy] says: what creates something is never sent twice, unless the cluster
// certainly did not act. The deadline of the call's context always holds;
// [WithAttemptTimeout] bounds the silence of a single attempt. [WithReadOnly] makes a
// client that changes nothing.
//
// # Being watched
//
// [WithLogger] writes what happens to a slog.Logger, [WithHooks] and [WithSessionHook]
// call functions of yours, for counters: none of them is given a header, a body or a query.
// The module overlay/telemetry makes OpenTelemetry's spans and metrics of those. [WithDump]
// shows, to look for a fault, what is sent and what comes back, without the secrets that
// it knows by their names.
//
// # Lists
//
// Where the API pages, a generated method answers one page and an iterator named All…
// all of them:
//
//	for event, err := range c.AllEvents(ctx, weka.EventsSince(yesterday)) { … }
//
// # Errors
//
// Errors of calls are *[Error]; ask what went wrong with errors.Is and this package's
// Err… variables, never by status: clusters report a missing object as 400, 404 or
// 500. That no token was to be had is asked for in the same way: [ErrBadCredentials],
// [ErrLockedOut], [ErrSessionEnded], [ErrTokenRejected], [ErrNoCredentials].
//
// More is in an error for errors.As: [ValidationError] names the parameters that were
// missing, wrong or unknown, [RouteMissingError] the release that has the operation,
// [EndpointsError] the backends and their failures, [LockedOutError] the end of a
// lockout, [WaitError] what a wait saw last.
//
// # Releases
//
// A cluster refuses what only newer releases know, so nothing is sent that was not set.
// [Client.Release] tells what the cluster runs; [Operations] tells since when each
// operation is known.
//
// # Tests
//
// Package wekatest has a simulator to test against, in the manner of
// net/http/httptest.
package weka
