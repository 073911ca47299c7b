// Package ngenea is the front door to an Ngenea Hub's REST API.
//
//	h, err := ngenea.New("https://hub.example.com", ngenea.WithPassword("dfoster", os.Getenv("HUB_PASSWORD")))
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
// A [Client] has every operation of the API as a typed method, grouped into services:
// h.Health.GetHealth, h.Files.BrowseFiles, h.Workflows.CreateWorkflow. Their bodies and
// results are the types of gen/ngeneaapi. What the API's contract does not know goes
// through [Client.Do]. [CallOption] changes a single call.
//
// # What is known, and what is inferred
//
// A Hub serves its document to its own users only. The contract here was written from
// what is published, and says of each operation and field where it is inferred from the
// framework that a Hub is built with. A Hub that does not have such an operation is
// [ErrRouteMissing], and the error says how to pull its own document
// ([InferredRouteError]). Members that nobody documents are kept, in the
// AdditionalProperties of their object.
//
// # Credentials
//
// People log in with a password ([WithPassword]); programs should have a client key
// ([WithClientKey]), which [Client.CreateClientKey] makes and [Client.RevokeClientKey]
// ends. A session is kept for as long as it takes: its token is renewed before it
// expires, or when the Hub says that it has; a wrong password is sent once. A token or
// key goes to the address of the client and nowhere else. [WithTokenCache] and
// [WithTokenStore] share a session with other processes; [FromEnv] reads the
// environment.
//
// # Workflows and jobs
//
// [Client.Submit] starts any workflow; [Client.Migrate], [Client.Premigrate],
// [Client.Recall] and [Client.Send] start the built-in ones. A workflow becomes a job:
// [Client.WaitJob] waits for its end, [Client.CancelJob] stops it, [Client.AllJobs]
// lists jobs and [Client.JobStats] counts them. [Client.RunSearch] searches the sites.
// Every list has an iterator: All…. Most of these have an example that runs.
//
// # Errors
//
// Errors of calls are *[Error]; ask what went wrong with errors.Is and this package's
// Err… variables, never by status. What a Hub finds wrong with a body is a
// [ValidationError] with the fields, a job that failed a [JobError] with the job. A
// workflow that may run although no answer named its job is an [UnknownJobError]: look
// before submitting again.
//
// # Slashes
//
// Nearly every path of the API ends in a slash, and a POST without it would be redirected
// and lose its body. Generated operations have their slashes, Do adds them, and a
// redirect that only adds one is followed with method and body.
//
// # Being watched
//
// [WithLogger] writes what happens to a slog.Logger, [WithHooks] and [WithSessionHook]
// call functions of yours, for counters: none of them is given a header, a body or a query.
// The module overlay/telemetry makes OpenTelemetry's spans and metrics of those. [WithDump]
// shows, to look for a fault, what is sent and what comes back, without the secrets that
// it knows by their names.
//
// # Tests
//
// Package ngeneatest has a simulator to test against, in the manner of
// net/http/httptest.
package ngenea
