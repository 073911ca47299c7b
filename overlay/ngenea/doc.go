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
// [CallOption] changes one call. [Client.Call] calls an operation by its id, and [Client.Do] a
// route that the services do not have.
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
// Programs should use a client key ([WithClientKey]), which [Client.CreateClientKey] makes;
// people log in with a password ([WithPassword]). The client renews its token before it
// expires, or when the Hub rejects it, and sends a wrong password once. [WithTokenCache]
// and [WithTokenStore] share a session with other processes; [FromEnv] reads the
// environment.
//
// # Errors
//
// The error of a call is an [*Error]. Test for its class with errors.Is and the Err
// variables, such as [ErrNotFound], not by its status. [ErrOutcomeUnknown] beside the class
// means that the call may have taken effect. errors.As gets details:
// [ValidationError] has the fields of a body that are wrong, [JobError] the job that failed.
// [UnknownJobError] means that a workflow may run as a job whose ID is unknown: look for
// the job before you submit again.
//
// # Documented and inferred
//
// A Hub shows its API document to its users only. The document used here was written from
// what is published, and marks what is inferred from the framework of the Hub. An inferred
// operation that a Hub does not have is [ErrRouteMissing], and [InferredRouteError] has the
// command that pulls the Hub's own document. Undocumented members are in the
// AdditionalProperties of their object. Methods and Do send the slash that the paths of the
// API end in.
//
// [WithLogger], [WithHooks] and [WithSessionHook] observe a client, as does the module
// overlay/telemetry with OpenTelemetry. [WithDump] shows requests and responses without
// secrets. Package ngeneatest simulates a Hub for tests, like net/http/httptest.
package ngenea
