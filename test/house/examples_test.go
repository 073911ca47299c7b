package house_test

import (
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// examples returns the examples of the whole tree, with nested modules, by
// "folder: name".
func examples(t *testing.T) map[string]*doc.Example {
	t.Helper()
	found := map[string]*doc.Example{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, example := range doc.Examples(tree) {
			found[filepath.ToSlash(folder)+": Example"+example.Name] = example
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// An example without an output comment is compiled and not run.
func TestExamplesCheckTheirOutput(t *testing.T) {
	found := examples(t)
	for name, example := range found {
		if example.Output == "" {
			t.Errorf("%s has no output comment", name)
		}
	}
	if len(found) < 40 {
		t.Errorf("%d examples were found", len(found))
	}
}

// The guides are examples: each subject has one at the front door.
func TestEverySubjectHasAnExample(t *testing.T) {
	subjects := map[string]map[string][]string{
		"overlay/weka": {
			"connect and failover": {"_connect", "WithDiscovery", "EndpointsError"},
			"filesystems":          {"Client_CreateFileSystemAndWait"},
			"quotas":               {"Client_SetQuotaAndWait"},
			"snapshots":            {"Client_UploadSnapshotAndWait"},
			"tenants":              {"Client_ForTenant"},
			"NFS":                  {"Client_EnsureNFSPermission"},
			"overview":             {"Client_GetOverview"},
			"S3":                   {"Client_EnsureS3Bucket"},
			"operations by id":     {"Client_Call"},
			"tokens": {
				"New", "WithPasswordFunc", "WithTokenFile", "Client_LongLivedToken", "FromEnv", "WithTokenCache",
				"WithTokenStore", "WithTokenFunc",
			},
			"errors":      {"Error"},
			"iterators":   {"Client_AllEvents"},
			"waits":       {"WaitError"},
			"observation": {"WithLogger", "WithHooks", "WithSessionHook", "WithDump"},
		},
		"overlay/ngenea": {
			"client keys": {"Client_CreateClientKey"},
			"jobs":        {"", "Client_Submit", "Client_CancelJob", "Client_JobStats"},
			"searches":    {"Client_RunSearch"},
			"tokens": {
				"WithClientKey", "WithPasswordFunc", "FromEnv", "WithTokenCache", "WithTokenStore", "WithTokenFunc",
			},
			"errors":      {"Error", "ValidationError", "InferredRouteError"},
			"iterators":   {"Client_AllJobs"},
			"waits":       {"Client_WaitJob"},
			"observation": {"WithLogger", "WithHooks", "WithSessionHook", "WithDump"},
			"no document": {"Client_Do"},
		},
		"overlay/weka/wekatest":     {"tests": {"Start", "Server_Fail"}},
		"overlay/ngenea/ngeneatest": {"tests": {"Start", "Server_NextJobs"}},
		"overlay/token":             {"own store": {"Store"}},
		"overlay/telemetry":         {"traces": {""}, "metrics": {"_metrics"}},
		"overlay/redisstore":        {"fleet": {""}, "a password in one place": {"_keeper"}},
		"test/prometheus":           {"metrics": {""}},
	}
	found := examples(t)
	for folder, all := range subjects {
		for subject, names := range all {
			for _, name := range names {
				if found[folder+": Example"+name] == nil {
					t.Errorf("%s has no Example%s, for %s", folder, name, subject)
				}
			}
		}
	}
}
