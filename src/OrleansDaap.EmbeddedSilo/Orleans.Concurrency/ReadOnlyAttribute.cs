namespace Orleans.Concurrency;

/// <summary>The method changes nothing and may run beside other read-only ones.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
