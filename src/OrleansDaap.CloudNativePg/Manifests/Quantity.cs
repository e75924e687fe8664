using System.Globalization;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>Amounts in the form that Kubernetes would itself write them in.</summary>
internal static class Quantity
{
    public const int MibPerGib = 1024;

    public static string Cores(decimal cores) => decimal.IsInteger(cores)
        ? ((int)cores).ToString(CultureInfo.InvariantCulture)
        : $"{((int)(cores * 1000)).ToString(CultureInfo.InvariantCulture)}m";

    public static string Gib(decimal gib) => decimal.IsInteger(gib) ? $"{((int)gib).ToString(CultureInfo.InvariantCulture)}Gi" : Mib((long)(gib * MibPerGib));

    public static string Mib(long mib) => $"{mib.ToString(CultureInfo.InvariantCulture)}Mi";
}
