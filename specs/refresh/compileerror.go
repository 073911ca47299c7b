package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"regexp"
	"strings"
)

// compileErrors map what apidiff says to what the compiler says of a program.
var compileErrors = []struct {
	change *regexp.Regexp
	says   func(pkg string, part []string) string
}{
	{regexp.MustCompile(`^\((\*\w+)\)\.(\w+): removed`), memberGone},
	{regexp.MustCompile(`^(\w+)\.(\w+): removed`), memberGone},
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

// compileError is what the compiler says of a program that uses the old API, "" if
// that cannot be told.
func compileError(c packageChange) string {
	pkg := c.packageName()
	text := strings.ReplaceAll(printable(c.Text), "`", "'")
	for _, one := range compileErrors {
		if part := one.change.FindStringSubmatch(text); part != nil {
			return one.says(pkg, part)
		}
	}
	return ""
}

// compilerSaysOf is the sentence of the note.
func compilerSaysOf(c packageChange) string {
	if says := compileError(c); says != "" {
		return "The compiler says: `" + says + "`."
	}
	if strings.Contains(c.Text, "value changed") {
		return "The compiler says nothing. If you ignore it: what was kept or compared by the old value no longer matches."
	}
	return "The compiler says where."
}

func memberGone(pkg string, part []string) string {
	owner := pkg + "." + part[1]
	if pointed, ok := strings.CutPrefix(part[1], "*"); ok {
		owner = "*" + pkg + "." + pointed
	}
	return fmt.Sprintf("x.%s undefined (type %s has no field or method %s)", part[2], owner, part[2])
}

// signatureChanged compares how many arguments and results a function has.
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
