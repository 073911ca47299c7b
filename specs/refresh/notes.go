package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// notes drafts the entries of CHANGELOG.md and, for breaking changes, of MIGRATING.md. It
// returns the texts of the files.
func (u *upgrade) notes() (map[string][]byte, error) {
	title := u.about().Title + " " + printable(u.made.product.Release())
	var changelog strings.Builder
	fmt.Fprintf(&changelog, "### %s (draft)\n", title)
	if err := renderMarkdown(&changelog, u.changes); err != nil {
		return nil, err
	}
	if len(u.changes) == 0 {
		changelog.WriteString("\nThe document changed in nothing that programs use.\n")
	}
	files := map[string][]byte{}
	err := u.insert(files, "CHANGELOG.md", "# Changelog\n\n## Unreleased\n", "## Unreleased\n", changelog.String())
	note := u.migration(title)
	if note == "" || err != nil {
		return files, err
	}
	u.drafted = ", MIGRATING.md"
	return files, u.insert(files, "MIGRATING.md", "# Migrating\n\nWhat a program has to change for a new release, newest first.\n", "newest first.\n", note)
}

// insert puts a draft after a line of a file of the root. If there is no file, it begins one.
func (u *upgrade) insert(files map[string][]byte, file, begin, after, draft string) error {
	text, err := os.ReadFile(filepath.Join(u.root, file))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte(begin), nil
	}
	if err != nil {
		return err
	}
	head, tail, found := strings.Cut(string(text), after)
	if !found {
		return fmt.Errorf("%s has no line %q, which the draft has to follow", file, strings.TrimSpace(after))
	}
	files[file] = []byte(head + after + "\n" + draft + tail)
	return nil
}

// migration is the note of MIGRATING.md, "" without a breaking change: for each change the
// compile error, or what goes wrong at run time if no compiler reports it.
func (u *upgrade) migration(title string) string {
	var compile, behaviour []string
	for _, c := range u.api {
		if !c.Compatible {
			compile = append(compile, "- "+escapeMarkdown(c.String())+". "+compilerSays(c)+u.instead(c)+"\n")
		}
	}
	for _, c := range u.changes {
		if wrong := ignored(c); wrong != "" {
			behaviour = append(behaviour, "- "+escapeMarkdown(c.String())+". If you ignore it: "+wrong+".\n")
		}
	}
	if len(compile)+len(behaviour) == 0 {
		return ""
	}
	note := "## " + title + " (draft)\n"
	if len(compile) > 0 {
		note += "\nWhat no longer compiles:\n\n" + strings.Join(compile, "")
	}
	if len(behaviour) > 0 {
		note += "\nWhat behaves differently against a server of this release:\n\n" + strings.Join(slices.Compact(behaviour), "")
	}
	return note
}

// instead names the new name of something that was renamed.
func (u *upgrade) instead(c packageChange) string {
	name, _, _ := strings.Cut(withoutReceiver.Replace(c.Text), ":")
	name = strings.Replace(name, "Service.", ".", 1)
	for _, r := range u.changes {
		switch {
		case r.From != name || name == "":
		case r.Guessed:
			return " It is probably `" + r.To + "` now."
		default:
			return " It is `" + r.To + "` now."
		}
	}
	return ""
}

// ignored says what goes wrong at run time in a program that ignores a change, or was
// built before it; "" if nothing does.
func ignored(c change) string {
	switch c.Kind {
	case serverMoved:
		return "the server returns 404 for every call: state the new path in the address that New is given, or in the front door"
	case operationRemoved, operationKept:
		return "the server returns 404 for the call"
	case renamed:
		return c.ignored
	case retyped:
		return "a program built before it cannot read the response, or its request is rejected"
	case fieldRemoved:
		return "it stays empty in a response, and a request with it is rejected or handled as if it were absent"
	case newlyRequired:
		return "the server returns 400 for a request without it"
	case enumGrown:
		return "a switch over the values meets one that it does not handle"
	case classChanged:
		return "a failed call is repeated that was not before, or is no longer repeated"
	case otherBreaking:
		return "the server may reject a request that it accepted, or a response may be read wrongly"
	}
	return ""
}

// compilerSays is the sentence of the note about the compile error.
func compilerSays(c packageChange) string {
	if message := compileError(c); message != "" {
		return "The compiler says: `" + message + "`."
	}
	if strings.Contains(c.Text, "value changed") {
		return "The compiler says nothing. If you ignore it: values that were stored or compared no longer match."
	}
	return "The compiler says where."
}

// compileErrors map the texts of apidiff to the messages of the compiler for a program that
// uses the old API.
var compileErrors = []struct {
	change  *regexp.Regexp
	message func(pkg string, part []string) string
}{
	{regexp.MustCompile(`^\((\*\w+)\)\.(\w+): removed`), memberRemoved},
	{regexp.MustCompile(`^(\w+)\.(\w+): removed`), memberRemoved},
	{regexp.MustCompile(`^(\w+): removed`), func(pkg string, part []string) string {
		return fmt.Sprintf("undefined: %s.%s", pkg, part[1])
	}},
	{regexp.MustCompile(`^(\w+)\.(\w+): added`), func(pkg string, part []string) string {
		return fmt.Sprintf("x does not implement %s.%s (missing method %s)", pkg, part[1], part[2])
	}},
	{regexp.MustCompile(`^(\w+): old is comparable, new is not`), func(pkg string, part []string) string {
		return fmt.Sprintf("invalid operation: a == b (%s.%s cannot be compared)", pkg, part[1])
	}},
	{regexp.MustCompile(`^(\S+): changed from (func\(.*) to (func\(.*)`), signatureChanged},
	{regexp.MustCompile(`^(\S+): changed from (.+) to (.+)`), func(_ string, part []string) string {
		return fmt.Sprintf("cannot use x (variable of type %s) as %s value", part[2], part[3])
	}},
}

// compileError returns the message of the compiler for a program that uses the old API, ""
// if it is not known.
func compileError(c packageChange) string {
	text := strings.ReplaceAll(printable(c.Text), "`", "'")
	for _, e := range compileErrors {
		if part := e.change.FindStringSubmatch(text); part != nil {
			return e.message(c.packageName(), part)
		}
	}
	return ""
}

func memberRemoved(pkg string, part []string) string {
	owner := pkg + "." + part[1]
	if pointed, ok := strings.CutPrefix(part[1], "*"); ok {
		owner = "*" + pkg + "." + pointed
	}
	return fmt.Sprintf("x.%s undefined (type %s has no field or method %s)", part[2], owner, part[2])
}

// signatureChanged compares the numbers of arguments and results.
func signatureChanged(_ string, part []string) string {
	name := withoutReceiver.Replace(part[1])
	older, newer := signature(part[2]), signature(part[3])
	switch {
	case older == nil || newer == nil:
	case older.Params.NumFields() < newer.Params.NumFields():
		return fmt.Sprintf("not enough arguments in call to %s (want %s)", name, part[3])
	case older.Params.NumFields() > newer.Params.NumFields():
		return fmt.Sprintf("too many arguments in call to %s (want %s)", name, part[3])
	case older.Results.NumFields() != newer.Results.NumFields():
		return fmt.Sprintf("assignment mismatch: %d variables but %s returns %d values", older.Results.NumFields(), name, newer.Results.NumFields())
	}
	return fmt.Sprintf("cannot use x in argument to, or as a result of, %s (have %s, want %s)", name, part[2], part[3])
}

func signature(text string) *ast.FuncType {
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		return nil
	}
	function, _ := parsed.(*ast.FuncType)
	return function
}

// withoutReceiver makes T.Method of (*T).Method.
var withoutReceiver = strings.NewReplacer("(*", "", ")", "")
