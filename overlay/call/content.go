package call

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
)

const (
	mediaJSON      = "application/json"
	mediaForm      = "application/x-www-form-urlencoded"
	mediaMultipart = "multipart/form-data"
)

// content is the body of a request. Only one that is in memory, a *bytes.Reader, can be sent
// again: net/http makes GetBody of it.
type content struct {
	reader  io.Reader
	media   string
	secrets []string
}

// contentOf writes a body in the media type of its operation.
func contentOf(op *api.Operation, body any) (content, error) {
	media := op.Sends()
	if isNil(body) {
		return content{}, nil
	}
	if reader, ok := body.(io.Reader); ok && media != "" {
		return content{reader: reader, media: media}, nil
	}
	encoded, secrets, err := encode(withoutFiles(media, body))
	if err != nil {
		return content{}, err
	}
	c := content{bytes.NewReader(encoded), mediaJSON, secrets}
	switch media {
	case "":
	case mediaForm:
		values, err := formValues(encoded)
		if err != nil {
			return content{}, err
		}
		pairs := make([]string, len(values))
		for i, v := range values {
			pairs[i] = url.QueryEscape(v.name) + "=" + url.QueryEscape(v.text)
		}
		c.reader, c.media = strings.NewReader(strings.Join(pairs, "&")), mediaForm
	case mediaMultipart:
		c.reader, c.media, err = multipartForm(encoded, filesOf(body))
	default:
		err = fmt.Errorf("a body of type %T cannot be sent as %s", body, media)
	}
	return c, err
}

// A formValue is a member of a form, or a part of one: a[b] of an object, a[0] of a list of
// objects. A list of single values repeats its name.
type formValue struct{ name, text string }

// formValues lists the members of an object in JSON.
func formValues(encoded []byte) ([]formValue, error) {
	var members any
	decoder := stdjson.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	if err := decoder.Decode(&members); err != nil {
		return nil, err
	}
	if _, ok := members.(map[string]any); !ok {
		return nil, errors.New("the body of a form must be an object")
	}
	return appendValues(nil, "", members), nil
}

func appendValues(values []formValue, name string, value any) []formValue {
	switch v := value.(type) {
	case nil:
		return values
	case map[string]any:
		for _, key := range sortedKeys(v) {
			inner := key
			if name != "" {
				inner = name + "[" + key + "]"
			}
			values = appendValues(values, inner, v[key])
		}
		return values
	case []any:
		for i, item := range v {
			inner := name
			switch item.(type) {
			case map[string]any, []any:
				inner = name + "[" + strconv.Itoa(i) + "]"
			}
			values = appendValues(values, inner, item)
		}
		return values
	default:
		return append(values, formValue{name, fmt.Sprint(v)})
	}
}

func sortedKeys(members map[string]any) []string {
	keys := make([]string, 0, len(members))
	for key := range members {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// formFile is a file of a form, with the name of its member.
type formFile struct {
	name string
	file api.File
}

// filesOf lists the files of a generated struct.
func filesOf(body any) (files []formFile) {
	v := reflect.Indirect(reflect.ValueOf(body))
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		switch f := v.Field(i).Interface().(type) {
		case api.File:
			if f.Content != nil {
				files = append(files, formFile{name, f})
			}
		case *api.File:
			if f != nil && f.Content != nil {
				files = append(files, formFile{name, *f})
			}
		case []api.File:
			for _, file := range f {
				files = append(files, formFile{name, file})
			}
		}
	}
	return files
}

// withoutFiles returns the members of a form that JSON can write; of anything else the body.
func withoutFiles(media string, body any) any {
	v := reflect.Indirect(reflect.ValueOf(body))
	if media != mediaMultipart || v.Kind() != reflect.Struct {
		return body
	}
	var fields []reflect.StructField
	var values []reflect.Value
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.IsExported() && !holdsFile(field.Type) {
			fields, values = append(fields, field), append(values, v.Field(i))
		}
	}
	plain := reflect.New(reflect.StructOf(fields)).Elem()
	for i, value := range values {
		plain.Field(i).Set(value)
	}
	return plain.Interface()
}

func holdsFile(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t == reflect.TypeFor[api.File]()
}

// multipartForm writes a form with its files, which are read when the request is sent.
func multipartForm(encoded []byte, files []formFile) (io.Reader, string, error) {
	values, err := formValues(encoded)
	if err != nil {
		return nil, "", err
	}
	var text bytes.Buffer
	form := multipart.NewWriter(&text)
	for _, v := range values {
		if err := form.WriteField(v.name, v.text); err != nil {
			return nil, "", err
		}
	}
	var parts []io.Reader
	for _, f := range files {
		if f.file.Content == nil {
			return nil, "", fmt.Errorf("the file %q has no content", f.name)
		}
		header := textproto.MIMEHeader{"Content-Type": {"application/octet-stream"}}
		if f.file.ContentType != "" {
			header.Set("Content-Type", f.file.ContentType)
		}
		header.Set("Content-Disposition", multipart.FileContentDisposition(f.name, f.file.Name))
		if _, err := form.CreatePart(header); err != nil {
			return nil, "", err
		}
		parts = append(parts, bytes.NewReader(bytes.Clone(text.Bytes())), f.file.Content)
		text.Reset()
	}
	if err := form.Close(); err != nil {
		return nil, "", err
	}
	if parts == nil {
		return bytes.NewReader(text.Bytes()), form.FormDataContentType(), nil
	}
	return io.MultiReader(append(parts, &text)...), form.FormDataContentType(), nil
}
