namespace Orleans;

/// <summary>A member's number in its serialised form; unique in its type and never changed.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class IdAttribute(uint id) : Attribute
{
    public uint Id { get; } = id;
}
