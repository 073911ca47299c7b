// Package ngenea is a client for the REST API of an Ngenea Hub.
//
//	h, err := ngenea.New("https://hub.example.com", ngenea.WithClientKey(os.Getenv("NGENEA_CLIENT_KEY")))
//	if err != nil {
//		return err
//	}
//	defer h.Close()
//	job, err := h.Migrate(ctx, ngenea.Tiering{Site: "dfoster1", Paths: []string{"/mmfs1/data"}})
//	if err != nil {
//		return err
//	}
//	job, err = h.WaitJob(ctx, job.ID, 30*time.Minute)
//
// A [Client] has a typed method for every operation of the API, in services such as
// h.Health and h.Files. Request bodies and results are types of gen/ngeneaapi. A
// [CallOption] changes one call. [Client.Do] calls a route that the services do not have.
//
// # Workflows and jobs
//
// [Client.Submit] starts any workflow; [Client.Migrate], [Client.Premigrate],
// [Client.Recall] and [Client.Send] start the built-in ones. A workflow becomes a job:
// [Client.WaitJob] waits for its end, [Client.CancelJob] stops it, [Client.AllJobs]
// iterates over jobs and [Client.JobStats] counts them. [Client.RunSearch] searches the
// sites. Every list has an iterator named All. Each subject has an example.
//
// # Credentials
//
// Programs should use a client key ([WithClientKey]), which [Client.CreateClientKey] makes
// and [Client.RevokeClientKey] revokes; people log in with a password ([WithPassword]).
// The client renews its token before it expires, or when the Hub rejects it, and sends a
// wrong password once. Tokens and keys are sent to the client's address only.
// [WithTokenCache] and [WithTokenStore] share a session with other processes; [FromEnv]
// reads the environment.
//
// # Errors
//
// The error of a call is an [*Error]. Test for its class with errors.Is and the Err
// variables, such as [ErrNotFound], not by its status. For errors.As, [ValidationError] has
// the fields of a body that are wrong and [JobError] the job that failed.
// [UnknownJobError] means that a workflow may run as a job whose ID is unknown: look for
// the job before you submit again.
//
// # Documented and inferred
//
// A Hub shows its API document to its users only. The document used here was written from
// what is published, and marks operations and fields that are inferred from the framework
// of the Hub. An inferred operation that a Hub does not have is [ErrRouteMissing], and
// [InferredRouteError] has the command that pulls the Hub's own document. Undocumented
// members are kept in the AdditionalProperties of their object.
//
// # Trailing slashes
//
// Nearly every path of the API ends in a slash; the Hub redirects a POST without it, which
// loses its body. Generated methods have the slash, Do adds it, and a redirect that only
// adds one is followed with method and body.
//
// # Observability
//
// [WithLogger] logs to a slog.Logger, [WithHooks] and [WithSessionHook] call functions of
// yours, for metrics. They get no headers, bodies or queries. The module overlay/telemetry
// makes OpenTelemetry spans and metrics of them. [WithDump] writes requests and responses
// for debugging, without secrets.
//
// # Testing
//
// Package ngeneatest simulates a Hub, like net/http/httptest.
package ngenea
