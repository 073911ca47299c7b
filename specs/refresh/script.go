package main

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	literal      = regexp.MustCompile("^(\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`\\\\]*`)")
	locationTerm = regexp.MustCompile(`^(?:(?:window|document|self)\.)?location\.(origin|href|protocol|host|hostname|port|pathname|search)\b`)
	identifier   = regexp.MustCompile(`^[A-Za-z_$][\w$]*`)
	substitution = regexp.MustCompile(`\$\{([^}]*)\}`)
)

// evaluate reads a string that a script writes as literals, as parts of the page's
// location, as names of constants, or as a sum of these. It gives up at anything
// else.
func evaluate(script, expression string, at *url.URL, depth int) (string, bool) {
	var value strings.Builder
	for {
		expression = strings.TrimLeft(expression, " \t\r\n(")
		term, length, ok := evaluateTerm(script, expression, at, depth)
		if !ok {
			return "", false
		}
		value.WriteString(term)
		expression = strings.TrimLeft(expression[length:], " \t\r\n)")
		rest, more := strings.CutPrefix(expression, "+")
		if !more {
			return value.String(), !strings.HasPrefix(expression, ".") && !strings.HasPrefix(expression, "(")
		}
		expression = rest
	}
}

func evaluateTerm(script, expression string, at *url.URL, depth int) (value string, length int, ok bool) {
	if quoted := literal.FindString(expression); quoted != "" {
		inner := unescapeJS(quoted[1 : len(quoted)-1])
		if quoted[0] == '`' {
			inner, ok = substitute(script, inner, at, depth)
			return inner, len(quoted), ok
		}
		return inner, len(quoted), true
	}
	if part := locationTerm.FindStringSubmatch(expression); part != nil && at != nil {
		return locationPart(at, part[1]), len(part[0]), true
	}
	name := identifier.FindString(expression)
	if name == "" || depth == 0 {
		return "", 0, false
	}
	declared := regexp.MustCompile(`\b(?:var|let|const)\s+` + regexp.QuoteMeta(name) + `\s*=\s*`).FindStringIndex(script)
	if declared == nil {
		return "", 0, false
	}
	value, ok = evaluate(script, script[declared[1]:], at, depth-1)
	return value, len(name), ok
}

// substitute fills in the ${…} of a template literal.
func substitute(script, text string, at *url.URL, depth int) (string, bool) {
	good := true
	text = substitution.ReplaceAllStringFunc(text, func(part string) string {
		value, ok := evaluate(script, part[2:len(part)-1], at, max(depth-1, 0))
		good = good && ok
		return value
	})
	return text, good
}

func locationPart(at *url.URL, part string) string {
	switch part {
	case "origin":
		return at.Scheme + "://" + at.Host
	case "href":
		return at.String()
	case "protocol":
		return at.Scheme + ":"
	case "host":
		return at.Host
	case "hostname":
		return at.Hostname()
	case "port":
		return at.Port()
	case "search":
		if at.RawQuery == "" {
			return ""
		}
		return "?" + at.RawQuery
	default:
		return at.EscapedPath()
	}
}

var escapeJS = regexp.MustCompile(`\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)`)

func unescapeJS(text string) string {
	return escapeJS.ReplaceAllStringFunc(text, func(escape string) string {
		if len(escape) > 2 {
			if code, err := strconv.ParseUint(escape[2:], 16, 32); err == nil {
				return string(rune(code))
			}
		}
		return escape[1:]
	})
}
