package house_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func workflow(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".github/workflows", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var jobHead = regexp.MustCompile(`(?m)^  [a-z]+:$`)

// A job whose token can write runs no code of the repository, nor of the modules that it uses.
func TestJobsThatCanWriteRunNoCode(t *testing.T) {
	for _, name := range []string{"refresh.yml", "release.yml", "test.yml"} {
		head, jobs, _ := strings.Cut(workflow(t, name), "\njobs:\n")
		if strings.Contains(head, ": write") {
			t.Errorf("%s: all jobs can write", name)
		}
		for _, job := range jobHead.Split(jobs, -1)[1:] {
			if strings.Contains(job, ": write") && regexp.MustCompile(`setup-go|\bmake |\bgo (run|test|build)\b`).MatchString(job) {
				t.Errorf("%s: a job can write and runs code:\n%s", name, job)
			}
		}
	}
}

var fileCheck = regexp.MustCompile(`(?s)if git diff --cached.*?\n +fi\n`)

// The check of a refresh finds each file that it must not change, also one that the patch
// renames into a folder that it may change.
func TestRefreshChangesItsOwnFilesOnly(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	check := fileCheck.FindString(workflow(t, "refresh.yml"))
	for name, c := range map[string]struct {
		change string
		passes bool
	}{
		"own files":      {"echo x > specs/weka/openapi.json; echo x > gen/wekaapi/client.gen.go; echo x >> CHANGELOG.md", true},
		"renamed into":   {"git mv SECURITY.md specs/weka/notes.md", false},
		"renamed out of": {"git mv specs/weka/openapi.json overlay.json", false},
		"another file":   {"echo x >> SECURITY.md", false},
		"a new workflow": {"mkdir -p .github/workflows; echo x > .github/workflows/x.yml", false},
	} {
		script := "git init -q; mkdir -p specs/weka gen/wekaapi; seq 50 > SECURITY.md; seq 99 > specs/weka/openapi.json; seq 9 > CHANGELOG.md; git add --all\n" +
			"git -c user.name=x -c user.email=x@example.com commit -qm x\n" + c.change + "\ngit add --all\n" + check
		command := exec.CommandContext(t.Context(), "bash", "-e", "-c", script)
		command.Dir = t.TempDir()
		out, err := command.CombinedOutput()
		if (err == nil) != c.passes || check == "" {
			t.Errorf("%s: got %v, %s", name, err, out)
		}
	}
}
