package repair

import (
	"os"
	"testing"

	"github.com/hotcold-go/hotcold/specs/document"
)

// namesOf are a product's, from its names.yaml.
func namesOf(t *testing.T, product string) *Names {
	t.Helper()
	text, err := os.ReadFile("../" + product + "/names.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n, err := ReadNames(text)
	if err != nil {
		t.Fatal(err)
	}
	return &n
}

func TestServices(t *testing.T) {
	weka, ngenea := namesOf(t, "weka"), namesOf(t, "ngenea")
	for tag, want := range map[string]string{
		"Filesystem": "FileSystems", "Filesystem Group": "FileSystemGroups", "Drive": "Drives", "Containers": "Containers",
		"Mounts Defaults": "MountDefaults", "Snapshot Policy": "SnapshotPolicies", "Data Service": "DataServices",
		"Cluster": "Cluster", "NFS": "NFS", "Lockout Policy": "LockoutPolicy", "System IO": "SystemIO", "Stats": "Stats", "Traces": "Traces",
	} {
		if got := weka.Service(tag); got != want {
			t.Errorf("the service of %q is %s, want %s", tag, got, want)
		}
	}
	for tag, want := range map[string]string{"Jobs": "Jobs", "Search": "Search", "Schedule": "Schedules"} {
		if got := ngenea.Service(tag); got != want {
			t.Errorf("the service of %q is %s, want %s", tag, got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	n := namesOf(t, "weka")
	for _, test := range []struct {
		service, id string
		lists       bool
		want        string
	}{
		{"FileSystems", "createFileSystem", false, "Create"},
		{"Cluster", "getClusterStatus", false, "GetStatus"},
		{"FileSystems", "attachObsToFs", false, "AttachObjectStore"},
		{"FileSystems", "detachObsBucketFromFS", false, "DetachObjectStoreBucket"},
		{"Snapshots", "restoreFileSystemFromSnapshot", false, "RestoreFileSystem"},
		{"Tenants", "getMultipleTenantsExist", false, "GetMultipleTenantsExist"},
		{"Health", "getSiteHealth", false, "GetSiteHealth"},
		{"Health", "getHealth", false, "Get"},
		{"Containers", "getAllContainersNetwork", true, "GetAllContainersNetwork"},
		{"Containers", "getSingleContainer", false, "Get"},
		{"Containers", "getContainers", true, "List"},
		{"Containers", "getContainersInfo", true, "GetInfo"},
		{"MountDefaults", "getMountDefaults", false, "Get"},
		{"S3", "createS3Bucket", false, "CreateBucket"},
		{"S3", "deleteAllS3LifecycleRules", false, "DeleteAllLifecycleRules"},
		{"SMB", "getSamba", false, "Get"},
		{"SMB", "addShareToSamba", false, "AddShare"},
		{"NFS", "getNfsPermissions", true, "ListPermissions"},
		{"Telemetry", "attachTelemetrySourceToExport", false, "AttachSourceToExport"},
		{"Security", "listSecPolicies", true, "ListPolicies"},
		{"SnapshotPolicies", "listSnapPolicies", true, "List"},
		{"Login", "login", false, "Login"},
		{"SystemIO", "startIO", false, "StartIO"},
		{"Users", "whoAmI", false, "WhoAmI"},
		{"Tenants", "tenantLimit", false, "TenantLimit"},
		{"ObjectStoreBuckets", "getAllObsBuckets", true, "ListAllObjectStoreBuckets"},
		{"SnapshotPolicies", "listFsAttachedToSnapshotPolicy", true, "ListFileSystemAttached"},
	} {
		if got := n.method(test.service, test.id, test.lists); got != test.want {
			t.Errorf("%s of %s is %s, want %s", test.id, test.service, got, test.want)
		}
	}
}

// named gives the methods of a document with these GET operations of a tag, by id.
func named(t *testing.T, rules *Rules, tag string, paths map[string]string) map[string]string {
	t.Helper()
	items := document.Object{}
	for path, id := range paths {
		items[path] = document.Object{"get": document.Object{"operationId": id, "tags": []any{tag}, "responses": document.Object{}}}
	}
	doc := document.Object{"paths": items}
	if err := operationsGetNames(&repairing{document: doc, rules: rules}); err != nil {
		t.Fatal(err)
	}
	methods := map[string]string{}
	for _, o := range document.Operations(doc) {
		methods[o.ID()] = o.Object.Text("x-service") + "." + o.Object.Text("x-method")
	}
	return methods
}

func TestMethodsThatComeOutAlike(t *testing.T) {
	at := func(path string) document.Route { return document.Route{Method: "GET", Path: path} }
	committed := map[document.Route]Committed{at("/things/{uid}"): {"getThing", "Items", "Fetch", "-"}, at("/things/x"): {"formerId", "Things", "GetX", "-"}}
	for name, test := range map[string]struct {
		rules       Rules
		paths, want map[string]string
	}{
		"two that are new": {Rules{}, map[string]string{"/a": "activateThing", "/b": "activateThings", "/c": "stopThing"},
			map[string]string{"activateThing": "Things.ActivateThing", "activateThings": "Things.ActivateThings", "stopThing": "Things.Stop"}},
		"one that is committed": {Rules{Committed: map[document.Route]Committed{at("/a"): {"activateThing", "Things", "Activate", "-"}}},
			map[string]string{"/a": "activateThing", "/b": "activateThings"},
			map[string]string{"activateThing": "Things.Activate", "activateThings": "Things.ActivateThings"}},
		"one that is settled by hand": {Rules{Names: Names{Methods: map[string]string{"activateThing": "Activate"}}},
			map[string]string{"/a": "activateThing", "/b": "activateThings"},
			map[string]string{"activateThing": "Things.Activate", "activateThings": "Things.ActivateThings"}},
		"what is committed stays, unless the id is another": {Rules{Committed: committed, Names: Names{Methods: map[string]string{"getThing": "Take"}}},
			map[string]string{"/things/{uid}": "getThing", "/things/x": "latterId"},
			map[string]string{"getThing": "Items.Fetch", "latterId": "Things.LatterID"}},
	} {
		t.Run(name, func(t *testing.T) {
			for id, got := range named(t, &test.rules, "Thing", test.paths) {
				if got != test.want[id] {
					t.Errorf("%s is %s, want %s", id, got, test.want[id])
				}
			}
		})
	}
}

func TestNamesFile(t *testing.T) {
	for text, fails := range map[string]bool{
		"words: {fs: FileSystem}":                 false,
		"words: {single: ''}":                     false,
		"words: {FS: FileSystem}":                 true, // in capitals
		"words: {a_b: C}":                         true, // two words
		"words: {fs: Filesystem, system: Sys}":    false,
		"words: {fs: FileSystem, system: Sys}":    true, // respelled twice
		"words: {fs: fileSystem}":                 true, // no Go name
		"methods: {getThings: List}":              false,
		"methods: {getThings: list}":              true,
		"services: {singular: [Health]}":          true, // unknown
		"services: {unchanged: [Health]}\nwords:": false,
	} {
		if _, err := ReadNames([]byte(text)); (err != nil) != fails {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
