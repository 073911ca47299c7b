package main

import (
	"context"
	"reflect"

	"github.com/hotcold-go/hotcold/gen/wekaapi"
	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/weka"
	"github.com/hotcold-go/hotcold/test/must"
)

var (
	secretType     = reflect.TypeFor[api.Secret]()
	secretJSONType = reflect.TypeFor[api.SecretJSON]()
)

// generatedScenes inspect every body and result that can contain a secret, and the errors of
// the methods that send one.
func generatedScenes() []scene {
	var scenes []scene
	services := reflect.TypeFor[wekaapi.Services]()
	for i := range services.NumField() {
		service := reflect.PointerTo(services.Field(i).Type)
		for j := range service.NumMethod() {
			method := service.Method(j)
			if takesSecret(method.Type) {
				scenes = append(scenes, scene{services.Field(i).Name + "." + method.Name, func(ctx context.Context, p *planting) {
					callWithSecrets(ctx, p, i, method.Index)
				}})
			}
			if result := method.Type.Out(0); hasSecret(result, 0) {
				scenes = append(scenes, scene{method.Name + "'s result", func(_ context.Context, p *planting) {
					p.inspect(filled(p, result).Interface())
				}})
			}
		}
	}
	return scenes
}

func takesSecret(method reflect.Type) bool {
	for i := range method.NumIn() {
		if in := method.In(i); in.Kind() == reflect.Struct && hasSecret(in, 0) {
			return true
		}
	}
	return false
}

// callWithSecrets calls a method with all its secrets, which the server repeats in an error.
func callWithSecrets(ctx context.Context, p *planting, service, method int) {
	c := must.Get(weka.New("weka01", weka.WithPassword("admin", p.plant()),
		weka.WithTransport(&wire{planting: p, stage: "call", fault: repeating})))
	defer c.Close()
	call := reflect.ValueOf(&c.Services).Elem().Field(service).Addr().Method(method)
	arguments := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < call.Type().NumIn() && len(arguments) < fixedArguments(call.Type()); i++ {
		in := call.Type().In(i)
		argument := reflect.Zero(in)
		if in.Kind() == reflect.Struct {
			argument = filled(p, in)
			p.inspect(argument.Interface())
		}
		if in.Kind() == reflect.String {
			argument = reflect.ValueOf("x").Convert(in)
		}
		arguments = append(arguments, argument)
	}
	returned := call.Call(arguments)
	if err, failed := returned[len(returned)-1].Interface().(error); failed {
		p.inspect(err)
	}
}

// fixedArguments returns the number of arguments without the call options.
func fixedArguments(method reflect.Type) int {
	if method.IsVariadic() {
		return method.NumIn() - 1
	}
	return method.NumIn()
}

// depth bounds recursive types.
const depth = 6

func hasSecret(t reflect.Type, level int) bool {
	switch {
	case t == secretType, t == secretJSONType:
		return true
	case level > depth:
		return false
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return hasSecret(t.Elem(), level+1)
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && hasSecret(t.Field(i).Type, level+1) {
				return true
			}
		}
	}
	return false
}

// filled returns a value with a new secret in every place for one.
func filled(p *planting, t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	fill(p, v, 0)
	return v
}

func fill(p *planting, v reflect.Value, level int) {
	t := v.Type()
	if !hasSecret(t, level) {
		return
	}
	switch t {
	case secretType:
		v.Set(reflect.ValueOf(api.NewSecret(p.plant())))
		return
	case secretJSONType:
		_ = v.Addr().Interface().(*api.SecretJSON).UnmarshalJSON([]byte(`{"token":"` + p.plant() + `"}`)) // it never fails
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		fill(p, v.Elem(), level+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 1, 1))
		fill(p, v.Index(0), level+1)
	case reflect.Map:
		element := reflect.New(t.Elem()).Elem()
		fill(p, element, level+1)
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.Zero(t.Key()), element)
	case reflect.Struct:
		for i := range t.NumField() {
			fill(p, v.Field(i), level+1)
		}
	}
}
