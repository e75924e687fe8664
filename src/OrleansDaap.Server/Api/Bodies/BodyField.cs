using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansDaap.Server.Api.Bodies;

/// <summary>One field of a request type: the form of its value, and the rules that its annotations set.</summary>
internal sealed class BodyField
{
    private readonly BodyShape? nested;
    private readonly BodyValue? value;
    private readonly ValidationAttribute[] rules;

    public BodyField(JsonPropertyInfo property)
    {
        var member = property.AttributeProvider as PropertyInfo ?? throw new InvalidOperationException($"{property.Name} is no property.");
        var annotations = member.GetCustomAttributes(inherit: true);
        Name = property.Name;
        IsRequired = annotations.OfType<RequiredAttribute>().Any();
        TakesNull = new NullabilityInfoContext().Create(member).WriteState != NullabilityState.NotNull;
        value = BodyValue.Of(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        nested = value is null ? BodyShape.Of(property.Options.GetTypeInfo(property.PropertyType)) : null;

        // An annotation without a message only describes, for the API's description; the rule itself is elsewhere.
        rules = [.. annotations.OfType<ValidationAttribute>().Where(rule => rule is not RequiredAttribute && rule.ErrorMessage is not null)];
    }

    public string Name { get; }

    public bool IsRequired { get; }

    /// <summary>Whether null means the same as leaving the field out.</summary>
    public bool TakesNull { get; }

    /// <summary>Notes what is wrong with a value, and writes what is right.</summary>
    public void Check(JsonElement element, string path, Mistakes mistakes, Utf8JsonWriter sound)
    {
        if (element.ValueKind == JsonValueKind.Null)
            CheckNull(path, mistakes);
        else if (nested is not null)
            CheckObject(nested, element, path, mistakes, sound);
        else
            CheckValue(value!, element, path, mistakes, sound);
    }

    private void CheckNull(string path, Mistakes mistakes)
    {
        if (IsRequired || !TakesNull)
            mistakes.Add(path, "must not be null");
    }

    private void CheckObject(BodyShape shape, JsonElement element, string path, Mistakes mistakes, Utf8JsonWriter sound)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add(path, "must be an object");
            return;
        }

        sound.WritePropertyName(Name);
        shape.Check(element, path, mistakes, sound);
    }

    private void CheckValue(BodyValue form, JsonElement element, string path, Mistakes mistakes, Utf8JsonWriter sound)
    {
        if (form.Read(element) is not { } read)
        {
            mistakes.Add(path, form.Mistake(element));
            return;
        }

        var broken = Array.FindAll(rules, rule => !rule.IsValid(read));
        foreach (var rule in broken)
            mistakes.Add(path, rule.ErrorMessage!);
        if (broken.Length > 0)
            return;

        sound.WritePropertyName(Name);
        element.WriteTo(sound);
    }
}
