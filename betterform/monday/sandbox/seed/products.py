"""What the invented company sells: kits, instruments, parts and services for makers' labs and schools."""

from __future__ import annotations

from typing import Any

TAX_RATE = "Tax rate"
KINDS = (("Kit", 7), ("Instrument", 3), ("Consumable", 9), ("Spare part", 8), ("Software", 4), ("Service", 1))
_CURRENCIES = ("CHF", "EUR", "USD", "GBP")

# Name, catalogue number, type, prices in CHF EUR USD GBP ("" where none was agreed), unit, tax rate, description.
_ROWS: tuple[tuple[str, str, str, tuple[str, str, str, str], str, str, str], ...] = (
    ("Incubator starter kit", "KT-1001", "Kit", ("490.00", "510.00", "550.00", "440.00"), "set", "8.1",
     "Bench incubator to build in an afternoon: housing, heating foil, controller, two racks."),
    ("Spectrometer kit", "KT-1002", "Kit", ("325.00", "339.00", "365.00", "289.00"), "set", "8.1",
     "Visible-light spectrometer, 380 to 750 nm, with laser-cut housing and calibration lamp."),
    ("Fluorescence microscope kit", "KT-1003", "Kit", ("1240.00", "1290.00", "1390.00", "1090.00"), "set", "8.1",
     "Inverted microscope with three filter cubes.\nCamera module included, computer not."),
    ("Thermocycler kit", "KT-1004", "Kit", ("865.00", "899.00", "969.00", "769.00"), "set", "8.1",
     "16 wells, heated lid, open firmware."),
    ("Gel electrophoresis kit", "KT-1005", "Kit", ("275.00", "285.00", "309.00", "245.00"), "set", "8.1",
     "Casting tray, two combs, power supply 24 to 48 V, blue-light table."),
    ("Centrifuge kit", "KT-1006", "Kit", ("398.00", "415.00", "445.00", "355.00"), "set", "8.1",
     "Brushless motor, rotor for twelve 1.5 ml tubes, lid switch."),
    ("Colorimeter class set", "KT-1007", "Kit", ("1490.00", "1550.00", "1675.00", "1325.00"), "set of 12", "8.1",
     "Twelve colorimeters with cuvettes, teacher's guide in four languages."),
    ("Soil station kit", "KT-1008", "Kit", ("219.50", "228.00", "246.00", "195.00"), "set", "8.1",
     "Moisture, temperature and conductivity at three depths, solar panel, LoRa radio."),
    ("Air quality kit", "KT-1009", "Kit", ("184.00", "192.00", "206.00", ""), "set", "8.1",
     "Fine dust, CO2 and volatile compounds, logged to a card."),
    ("Turbidostat kit", "KT-1010", "Kit", ("1680.00", "1745.00", "1885.00", "1495.00"), "set", "8.1",
     "Four parallel 20 ml cultures, held at constant density. Pumps and tubing included."),
    ("Seismograph kit", "KT-1011", "Kit", ("356.00", "370.00", "", "316.00"), "set", "8.1",
     "Vertical geophone, 24-bit recorder, wall bracket."),
    ("Paper microfluidics kit", "KT-1012", "Kit", ("98.00", "102.00", "110.00", "87.00"), "set of 30", "8.1",
     "Wax-printed sheets, dyes, pipettes and worksheets for a class of thirty."),
    ("Bench pH meter", "IN-2001", "Instrument", ("412.00", "428.00", "462.00", "366.00"), "piece", "8.1",
     "Range 0 to 14, accuracy 0.01, automatic temperature correction."),
    ("Precision balance 220 g", "IN-2002", "Instrument", ("1890.00", "1965.00", "2120.00", "1680.00"), "piece",
     "8.1", "Readability 0.1 mg, draught shield, internal calibration."),
    ("Balance 2 kg", "IN-2003", "Instrument", ("348.00", "362.00", "390.00", "309.00"), "piece", "8.1",
     "Readability 10 mg, runs on mains or batteries."),
    ("Magnetic stirrer with heating", "IN-2004", "Instrument", ("287.00", "298.00", "322.00", "255.00"), "piece",
     "8.1", "To 300 °C and 1,500 rpm, probe socket."),
    ("Orbital shaker", "IN-2005", "Instrument", ("745.00", "775.00", "836.00", "662.00"), "piece", "8.1",
     "Platform 300 × 300 mm, orbit 20 mm, 40 to 300 rpm."),
    ("UV-Vis spectrophotometer", "IN-2006", "Instrument", ("4980.00", "5180.00", "5590.00", "4430.00"), "piece",
     "8.1", "190 to 1,100 nm, bandwidth 2 nm, six-cell changer."),
    ("Data logger, 8 channels", "IN-2007", "Instrument", ("529.00", "550.00", "593.00", "470.00"), "piece", "8.1",
     "Thermocouples K, J and T, voltage and 4-20 mA, USB and network."),
    ("Handheld refractometer", "IN-2008", "Instrument", ("129.00", "134.00", "145.00", "115.00"), "piece", "8.1",
     "0 to 32 % Brix with automatic temperature correction."),
    ("Peristaltic pump, 4 channels", "IN-2009", "Instrument", ("968.00", "1005.00", "1085.00", "860.00"), "piece",
     "8.1", "0.01 to 40 ml/min per channel, each set on its own."),
    ("Laminar flow hood", "IN-2010", "Instrument", ("3250.00", "3380.00", "", ""), "piece", "8.1",
     "Width 900 mm, HEPA H14. Freight is quoted apart; not sold outside Europe."),
    ("Gas sensor CO2, 0 to 5 %", "IN-2011", "Instrument", ("236.40", "245.80", "265.00", "210.00"), "piece", "8.1",
     "Infrared, serial and I2C, factory-calibrated."),
    ("Agarose, 100 g", "CO-3001", "Consumable", ("89.00", "92.50", "99.80", "79.00"), "bottle", "8.1",
     "Low electroendosmosis, melting point 88 °C."),
    ("DNA ladder 100 bp, 250 µl", "CO-3002", "Consumable", ("64.00", "66.50", "71.80", "57.00"), "vial", "8.1",
     "Ready to load; keep at -20 °C. Sent on dry ice."),
    ("Pipette tips 200 µl", "CO-3003", "Consumable", ("18.40", "19.10", "20.60", "16.40"), "rack of 96", "8.1",
     "Sterile, with filter."),
    ("Cuvettes, 10 mm", "CO-3004", "Consumable", ("0.24", "0.25", "0.27", "0.215"), "piece", "8.1",
     "Polystyrene, 340 to 900 nm; sold from a hundred."),
    ("Buffer set pH 4, 7, 10", "CO-3005", "Consumable", ("36.00", "37.50", "40.40", "32.00"), "set", "8.1",
     "Three bottles of 250 ml, traceable."),
    ("Petri dishes 90 mm", "CO-3006", "Consumable", ("7.85", "8.15", "8.80", "6.98"), "sleeve of 20", "8.1",
     "Vented, sterile."),
    ("Nutrient agar plates", "CO-3007", "Consumable", ("32.00", "33.30", "35.90", "28.50"), "box of 10", "8.1",
     "Poured to order, good for six weeks in the cold."),
    ("Heating foil 12 V, 40 W", "SP-4001", "Spare part", ("24.90", "25.90", "27.90", "22.10"), "piece", "8.1",
     "For KT-1001 from serial number 400."),
    ("Filter cube, green", "SP-4002", "Spare part", ("186.00", "193.00", "208.00", "165.00"), "piece", "8.1",
     "Excitation 480, emission 535, for KT-1003."),
    ("Pump head, 3 rollers", "SP-4003", "Spare part", ("58.00", "60.30", "65.00", "51.50"), "piece", "8.1",
     "For IN-2009 and KT-1010."),
    ("Silicone tubing 1.6 × 4.8 mm", "SP-4004", "Spare part", ("4.60", "4.78", "5.16", "4.10"), "metre", "8.1",
     "Peroxide-cured, cut to length."),
    ("Rotor for 0.2 ml strips", "SP-4005", "Spare part", ("74.00", "77.00", "83.00", "65.80"), "piece", "8.1",
     "For KT-1006."),
    ("Control software, single seat", "SW-5001", "Software", ("240.00", "250.00", "269.00", "213.00"), "licence",
     "8.1", "Perpetual, with updates for a year."),
    ("Control software, campus", "SW-5002", "Software", ("2400.00", "2500.00", "2690.00", "2130.00"), "year",
     "8.1", "Any number of seats at one site."),
    ("Printed lab manual", "BK-5003", "Consumable", ("28.00", "29.00", "31.50", "24.90"), "copy", "2.6",
     "48 experiments, 212 pages, reduced rate."),
    ("On-site training day", "SV-6001", "Service", ("1450.00", "1510.00", "1630.00", "1290.00"), "day", "8.1",
     "Up to twelve people, travel not included."),
    ("Remote training", "SV-6002", "Service", ("165.00", "172.00", "185.00", "147.00"), "hour", "8.1",
     "Video call with screen sharing."),
    ("Calibration with certificate", "SV-6003", "Service", ("220.00", "229.00", "247.00", "196.00"), "instrument",
     "8.1", "Balances, pH meters, spectrophotometers; back within ten working days."),
    ("Assembly of a kit", "SV-6004", "Service", ("120.00", "125.00", "", "107.00"), "kit", "8.1",
     "Built, tested and sent with a report."),
)  # fmt: skip


def _values(row: tuple[str, str, str, tuple[str, ...], str, str, str]) -> dict[str, Any]:
    _, number, kind, prices, unit, rate, description = row
    priced = {
        f"Price {currency}": price for currency, price in zip(_CURRENCIES, prices, strict=True) if price
    }
    return {
        "Catalogue number": number,
        "Type": {"label": kind},
        **priced,
        "Unit": unit,
        TAX_RATE: rate,
        "Description": {"text": description},
    }


PRODUCTS: tuple[tuple[str, dict[str, Any]], ...] = tuple((row[0], _values(row)) for row in _ROWS)
